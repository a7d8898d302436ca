import { useState } from 'react';
import type { RecordedEnd } from '../../../recording/recording.ts';
import { CopyButton } from '../../design/copy-button.tsx';
import { formatDateTime } from '../../design/format.ts';
import { JsonText } from '../../design/json-text.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { type AgentPlace, agentAddress } from '../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { useFormerSigningKeys } from '../message/former-signing-keys.ts';
import { MessageView } from '../message/message-view.tsx';
import type { ShownMessage } from '../message/shown-message.ts';
import { exchangeAsJson, wireRow } from '../wire/wire-model.ts';
import { asCurl } from './curl.ts';
import { kindOfBody } from './kind-of-body.ts';
import type { TrafficRow } from './traffic-model.ts';

interface RowDetailProps {
  readonly row: TrafficRow;
  readonly close: () => void;
  readonly go: (place: AgentPlace) => void;
}

/** Shows one exchange: its content, in the clear, and the request and the answer as sent. */
export function RowDetail({ row, close, go }: RowDetailProps) {
  const { agentId } = useHosted();
  const { entry, exchange, isAnswered, peerId } = row;
  const { sessionId } = entry;
  const curl = asCurl(entry);
  return (
    <section className="traffic-detail" aria-label="The open HTTP exchange">
      <header className="traffic-detail-head">
        <h3>
          <UntrustedText text={row.kind} /> <span className="muted">{formatDateTime(entry.at)}</span>
        </h3>
        <button type="button" className="button button-quiet" onClick={close}>
          Close
        </button>
      </header>
      <p className="traffic-copies">
        <CopyButton text={() => exchangeAsJson(wireRow(entry, agentId))} label="as JSON" />
        {curl === undefined ? (
          <span className="muted">The body was cut at 16 KiB, so there is no curl of it.</span>
        ) : (
          <CopyButton text={() => curl} label="as curl" />
        )}
        <CopyButton
          text={() =>
            location.origin + agentAddress(agentId, { section: 'traffic', tab: 'conversation', open: entry.id })
          }
          label="link"
        />
      </p>
      {sessionId !== undefined && (
        <p className="traffic-links">
          <button
            type="button"
            className="button"
            onClick={() => go({ section: 'talk', sessionId, tab: 'conversation' })}
          >
            Conversation
          </button>
          <button type="button" className="button" onClick={() => go({ section: 'talk', sessionId, tab: 'handshake' })}>
            Handshake
          </button>
          <button
            type="button"
            className="button"
            onClick={() => go({ section: 'audit', tab: 'conversation', filter: `session=${sessionId}` })}
          >
            Audit trail
          </button>
        </p>
      )}
      {exchange !== undefined && (
        <section className="traffic-said" aria-label="Content">
          <h4>Only the two agents can read this</h4>
          <JsonText value={exchange.parameters} />
          {!isAnswered && <p className="muted">{noAnswerWords(entry)}</p>}
          {isAnswered && exchange.result !== undefined && <JsonText value={exchange.result} />}
          {isAnswered && exchange.error !== undefined && (
            <p>
              <code>
                <UntrustedText text={exchange.error.code} />
              </code>{' '}
              <UntrustedText text={exchange.error.detail} />
            </p>
          )}
        </section>
      )}
      {entry.failure !== undefined && (
        <p>
          <UntrustedText text={entry.failure.detail} />
        </p>
      )}
      <Body
        words="The request, as sent"
        body={entry.requestBody}
        form={entry.requestForm}
        size={entry.requestSize}
        sender={entry.direction === 'outgoing' ? agentId : peerId}
        row={row}
      />
      {entry.responseBody !== undefined && (
        <Body
          words="The answer, as sent"
          body={entry.responseBody}
          form={entry.responseForm}
          size={entry.responseSize}
          sender={entry.direction === 'outgoing' ? peerId : agentId}
          row={row}
        />
      )}
    </section>
  );
}

/** Returns why an attempt has no answer of the peer's handler. */
function noAnswerWords({ status, failure }: RowDetailProps['row']['entry']): string {
  if (status === undefined && failure === undefined) return 'No answer to this attempt yet.';
  return status === undefined || status < 400
    ? 'This attempt got no answer.'
    : 'This attempt was refused: see the answer below.';
}

interface BodyProps extends Pick<ShownMessage, 'body' | 'form' | 'size'> {
  readonly words: string;
  readonly sender: string;
  readonly row: TrafficRow;
}

const noEvents = [] as const;

function Body({ words, body, form, size, sender, row: { entry } }: BodyProps) {
  const [member, setMember] = useState<string>();
  const events = useAgentState(({ traces }) => traces[entry.sessionId ?? '']) ?? noEvents;
  const caCertificate = useAgentState(({ phase }) =>
    phase.phase === 'ready' ? phase.identity.caCertificate : undefined,
  );
  const resumes = useAgentState(
    ({ sessions }) => sessions.find(({ sessionId }) => sessionId === entry.sessionId)?.resumes,
  );
  const formerSigningKeys = useFormerSigningKeys(resumes);
  const end: RecordedEnd = { role: 'client', events };
  return (
    <details className="traffic-wire">
      <summary>{words}</summary>
      <MessageView
        message={kindOfBody(body, form)}
        {...{ body, form, size }}
        sender={sender}
        at={entry.at}
        recording={{
          ends: [end],
          ...(caCertificate === undefined ? {} : { trust: { caCertificate } }),
          ...(formerSigningKeys === undefined ? {} : { formerSigningKeys }),
        }}
        member={member}
        onMember={setMember}
      />
    </details>
  );
}
