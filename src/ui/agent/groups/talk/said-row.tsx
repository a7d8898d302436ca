import { memo, type ReactNode, useState } from 'react';
import type { GroupExchangeView } from '../../../../agent/contracts/views.ts';
import { namesOf } from '../../../../console/agent-names.ts';
import { saidBesideFile, saidText } from '../../../../console/said-text.ts';
import type { MarkedWord } from '../../../design/marked-ranges.ts';
import { MarkedText } from '../../../design/marked-text.tsx';
import { PartyMark, partyColour } from '../../../design/party.tsx';
import { UntrustedText } from '../../../design/untrusted-text.tsx';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { talkPlace } from '../../../routing/agent-place.ts';
import { PlaceLink } from '../../../routing/place-link.tsx';
import { ExchangeActions } from '../../exchange/exchange-actions.tsx';
import { ExchangeTime } from '../../exchange/exchange-row.tsx';
import { HeldAnswer } from '../../exchange/held-answer.tsx';
import { SaidValue } from '../../exchange/said-value.tsx';
import { AttachmentRow } from '../attachment/attachment-row.tsx';
import { Answers } from './answers.tsx';
import { Delivery } from './delivery.tsx';
import { SendAgain } from './send-again.tsx';

interface SaidRowProps {
  readonly exchange: GroupExchangeView;
  /** Members that say that they have read it. */
  readonly readBy: number;
  /** The exchange that the address leads to. */
  readonly isTarget: boolean;
  readonly words: readonly MarkedWord[];
  readonly go: (place: AgentPlace) => void;
}

/** Shows what a member said, or what it asked and who has answered. */
export const SaidRow = memo(function SaidRow({ exchange, readBy, isTarget, words, go }: SaidRowProps) {
  const { group, status, method, parameters, sequence, at, error } = exchange;
  const { sender, kind, to, attachment, apart, groupId, messageId } = group;
  const [isJson, setJson] = useState(false);
  const isRequest = kind === 'request';
  const said = isJson ? parameters : saidBesideFile(parameters, attachment);
  // A text that is all there is reads the same as JSON.
  const hasMore = typeof parameters !== 'string' && (attachment !== undefined || saidText(parameters) !== undefined);
  return (
    <li
      className="exchange said-row"
      data-status={status}
      data-apart={apart}
      data-target={isTarget || undefined}
      tabIndex={isTarget ? -1 : undefined}
    >
      {sequence === undefined || isTarget ? (
        <ExchangeTime at={at} />
      ) : (
        <PlaceLink className="exchange-link" place={{ ...talkPlace(exchange.peerId), at: sequence }} go={go}>
          <ExchangeTime at={at} />
        </PlaceLink>
      )}
      <span className="said-mark">
        <PartyMark agentId={sender} />
      </span>
      <p className="said-by">
        <strong style={{ color: partyColour(sender) }}>{sender}</strong>
        {isRequest && (
          <span className="muted">
            {' '}
            asks {to === undefined ? 'everybody' : namesOf(to)}{' '}
            <code>
              <MarkedText text={method} words={words} />
            </code>
          </span>
        )}
      </p>
      {exchange.direction === 'outgoing' ? <Delivery group={group} status={status} readBy={readBy} /> : <span />}
      <div className="said-body">
        {said !== undefined && <SaidValue value={said} isJson={isJson} words={words} />}
        {attachment !== undefined && (
          <AttachmentRow
            groupId={groupId}
            messageId={messageId}
            attachment={attachment}
            isShown={apart === undefined}
          />
        )}
        {apart !== undefined && <Apart apart={apart} sender={sender} isRequest={isRequest} />}
        {error !== undefined && (!isRequest || status === 'failed') && (
          <p className="exchange-error">
            <code>
              <UntrustedText text={error.code} />
            </code>{' '}
            <UntrustedText text={error.detail} />
          </p>
        )}
        {isRequest && apart === undefined && <Answers exchange={exchange} words={words} />}
        {status === 'failed' && group.index === undefined && exchange.direction === 'outgoing' && (
          <SendAgain exchange={exchange} />
        )}
      </div>
      {hasMore && (
        <button
          type="button"
          className="exchange-json"
          aria-pressed={isJson}
          aria-label="Show as JSON"
          title={isJson ? 'Show as text' : 'Show as JSON'}
          onClick={() => setJson(!isJson)}
        >
          {'{ }'}
        </button>
      )}
      {status === 'held' && <HeldAnswer exchange={exchange} />}
      {isTarget && <ExchangeActions exchange={exchange} go={go} />}
    </li>
  );
});

interface ApartProps {
  readonly apart: 'diverged' | 'not_trusted';
  readonly sender: string;
  readonly isRequest: boolean;
}

/** Says why something is shown apart, and that nothing of it ran. */
function Apart({ apart, sender, isRequest }: ApartProps): ReactNode {
  const why = apart === 'diverged' ? 'reads another history of this group' : 'is not trusted at the moment';
  return (
    <p className="said-apart small">
      Shown apart: {sender} {why}.{isRequest && ' The request was not run.'}
    </p>
  );
}
