import type { SessionView } from '../../../agent/contracts/views.ts';
import { formatDateTime, formatRelativeTime, shortId } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { useNow } from '../../state/now.ts';
import { resumedWord } from './resumed-words.ts';
import './sessions-panel.css';

interface SessionsPanelProps {
  readonly go: (place: AgentPlace) => void;
  /** The session in the main pane. */
  readonly shown: string | undefined;
}

/** Shows every session of this agent, the newest first. */
export function SessionsPanel({ go, shown }: SessionsPanelProps) {
  const { agentId } = useHosted();
  const sessions = useAgentState((state) => state.sessions);
  return (
    <section className="panel panel-sessions" aria-label={`Sessions of ${agentId}`}>
      <header className="panel-head">
        <h2 className="panel-heading" data-section="sessions" tabIndex={-1}>
          Sessions <span className="panel-count">{sessions.length}</span>
        </h2>
      </header>
      {sessions.length === 0 && (
        <div className="panel-empty">
          <p>A session is a secret that this agent and one peer share for an hour. Connect to a peer to start one.</p>
        </div>
      )}
      <ul>
        {sessions.toReversed().map((session) => (
          <li key={session.sessionId}>
            <SessionRow
              session={session}
              isShown={session.sessionId === shown}
              onOpen={() => go({ section: 'talk', sessionId: session.sessionId, tab: 'conversation' })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface SessionRowProps {
  readonly session: SessionView;
  readonly isShown: boolean;
  readonly onOpen: () => void;
}

function SessionRow({ session, isShown, onOpen }: SessionRowProps) {
  const now = useNow();
  const { peerId, sessionId, status, sent, received, createdAt, expiresAt, resumes } = session;
  const waiting = useAgentState(
    ({ exchanges }) =>
      exchanges.filter((exchange) => exchange.sessionId === sessionId && exchange.status === 'held').length,
  );
  const next = useAgentState(
    ({ sessions }) => sessions.find((each) => each.resumes === sessionId && each.status === 'ESTABLISHED')?.sessionId,
  );
  return (
    <button type="button" className="session-row" aria-current={isShown || undefined} onClick={onOpen}>
      <span className="session-row-line">
        <span className="session-row-peer">
          <PartyMark agentId={peerId} /> {peerId}
        </span>
        <span className={`session-status session-status-${status}`}>{status}</span>
      </span>
      <span className="session-row-line small muted">
        <code title={sessionId}>{shortId(sessionId)}</code>
        <span title={`${sent} sent, ${received} received`}>
          <span aria-hidden="true">
            ▸ {sent} ◂ {received}
          </span>
          <span className="visually-hidden">
            {sent} sent, {received} received
          </span>
        </span>
      </span>
      <span className="session-row-line small muted">
        <span title={formatDateTime(createdAt * 1000)}>
          {resumes === undefined && (status === 'FAILED' || status === 'HANDSHAKING' ? 'begun ' : 'established ')}
          {resumes !== undefined && (
            <>
              {resumedWord(status)} <span className="visually-hidden">session </span>
              <code title={`It resumes session ${resumes}`}>{shortId(resumes)}</code>{' '}
            </>
          )}
          {formatRelativeTime(createdAt * 1000, now)}
        </span>
        {next !== undefined && (
          <span>
            went on as <code title={next}>{shortId(next)}</code>
          </span>
        )}
        {status === 'ESTABLISHED' && next === undefined && (
          <span title={formatDateTime(expiresAt * 1000)}>expires {formatRelativeTime(expiresAt * 1000, now)}</span>
        )}
      </span>
      {waiting > 0 && <span className="session-row-waiting small">{waiting} waiting for your answer</span>}
    </button>
  );
}
