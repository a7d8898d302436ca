import type { ExchangeView, SessionView } from '../../../agent/contracts/views.ts';
import { formatBytes, formatDateTime, formatMoment } from '../../design/format.ts';
import { partyColour } from '../../design/party.tsx';
import { useToday } from '../../design/use-today.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import './outside-view.css';

interface OutsideViewProps {
  readonly exchanges: readonly ExchangeView[];
  readonly session: SessionView;
}

/**
 * Shows a conversation as an observer of the network sees it: when, which way and how many bytes; its content is
 * blank.
 */
export function OutsideView({ exchanges, session }: OutsideViewProps) {
  const { agentId } = useHosted();
  const today = useToday();
  const wire = useAgentState((state) => state.wire);
  const messages = wire.filter(
    ({ sessionId, url }) => sessionId === session.sessionId && url.endsWith('/agent/message'),
  );
  if (messages.length === 0) {
    return <p className="conversation-empty muted">No messages in this session yet.</p>;
  }
  return (
    <section aria-label="The conversation as an observer sees it">
      <p className="outside-note muted">
        {messages.length} {messages.length === 1 ? 'HTTP exchange' : 'HTTP exchanges'} on the wire, {exchanges.length}{' '}
        in the conversation. An observer learns these times and padded sizes, and no content.
      </p>
      <ol className="outside">
        {messages.map(({ id, at, direction, requestSize, responseSize }) => (
          <li key={id} className="outside-row">
            <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
              {formatMoment(at, today)}
            </time>
            <span
              aria-hidden="true"
              style={{ color: partyColour(direction === 'outgoing' ? agentId : session.peerId) }}
            >
              {direction === 'outgoing' ? '▸' : '◂'}
            </span>
            <span className="outside-blank">
              <span className="visually-hidden">encrypted, </span>
              {formatBytes(requestSize)}
            </span>
            <span className="outside-blank">
              <span className="visually-hidden">answer encrypted, </span>
              {responseSize === undefined ? 'no answer' : formatBytes(responseSize)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
