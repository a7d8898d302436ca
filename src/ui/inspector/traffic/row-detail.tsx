import { useState } from 'react';
import type { ExchangeView, WireView } from '../../../agent/contracts/views.ts';
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
import { PartList } from './part-list.tsx';
import { plaintextWords } from './plaintext-words.ts';
import { carriedWords } from './stream-parts.ts';
import type { TrafficRow } from './traffic-row.ts';

interface RowDetailProps {
  readonly row: TrafficRow;
  readonly close: () => void;
  readonly go: (place: AgentPlace) => void;
}

/** Shows one exchange: its content, in the clear, and the request and the answer as sent. */
export function RowDetail({ row, close, go }: RowDetailProps) {
  const { agentId } = useHosted();
  const { exchange, isAnswered, peerId, parts } = row;
  const [partId, setPartId] = useState<string>();
  const part = parts?.find((each) => each.entry.id === partId);
  // What is copied and shown as sent is the part that was chosen.
  const entry = part?.entry ?? row.entry;
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
      {parts !== undefined && <PartList parts={parts} chosen={partId} onChoose={setPartId} />}
      {parts === undefined && entry.carried !== undefined && carriedWords(entry.carried) !== '' && (
        <p>
          <UntrustedText text={carriedWords(entry.carried)} />
        </p>
      )}
      {entry.failure !== undefined && (
        <p>
          <UntrustedText text={entry.failure.detail} />
        </p>
      )}
      <Body
        key={`${entry.id} request`}
        words={part === undefined ? 'The request, as sent' : 'The chosen part, as asked for'}
        attachment={attachmentsOf(entry, exchange).request}
        body={entry.requestBody}
        form={entry.requestForm}
        size={entry.requestSize}
        sender={entry.direction === 'outgoing' ? agentId : peerId}
        entry={entry}
      />
      {entry.responseBody !== undefined && (
        <Body
          key={`${entry.id} answer`}
          words={part === undefined ? 'The answer, as sent' : 'The chosen part, as answered'}
          attachment={attachmentsOf(entry, exchange).answer}
          body={entry.responseBody}
          form={entry.responseForm}
          size={entry.responseSize}
          sender={entry.direction === 'outgoing' ? peerId : agentId}
          entry={entry}
        />
      )}
    </section>
  );
}

/** Returns how many bytes travelled beside the JSON of a request and of its answer. */
function attachmentsOf({ carried }: WireView, exchange: ExchangeView | undefined) {
  if (carried?.asked === 'STREAM_WRITE') return { request: carried.length, answer: undefined };
  if (carried?.asked === 'STREAM_READ') return { request: undefined, answer: carried.length };
  const bytesIn = (body: ExchangeView['body']) => (body?.kind === 'bytes' ? body.size : undefined);
  return { request: bytesIn(exchange?.body), answer: bytesIn(exchange?.answer) };
}

/** Returns why an attempt has no answer of the peer's handler. */
function noAnswerWords({ status, failure, carried }: RowDetailProps['row']['entry']): string {
  if (carried?.answered === 'PENDING') return 'The peer is at it: its answer comes with a later exchange.';
  if (status === undefined && failure === undefined) return 'No answer to this attempt yet.';
  return status === undefined || status < 400
    ? 'This attempt got no answer.'
    : 'This attempt was refused: see the answer below.';
}

interface BodyProps extends Pick<ShownMessage, 'body' | 'form' | 'size'> {
  readonly words: string;
  readonly sender: string;
  readonly entry: WireView;
  /** Bytes beside the JSON inside. */
  readonly attachment: number | undefined;
}

const noEvents = [] as const;

function Body({ words, body, form, size, sender, entry, attachment }: BodyProps) {
  const decrypted = plaintextWords({ text: body, form, size }, attachment);
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
      {decrypted !== '' && <p className="small muted">Decrypted, only for the two agents: {decrypted}</p>}
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
