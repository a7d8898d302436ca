import { useState } from 'react';
import type { SessionView } from '../../../agent/contracts/views.ts';
import { formatDateTime, formatRelativeTime, shortId } from '../../design/format.ts';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { useAgentState } from '../../state/hosted.ts';
import { useNow } from '../../state/now.ts';
import { resumedWord } from './resumed-words.ts';
import { useStanding } from './use-standing.ts';
import './peer-sessions.css';

/** Sessions of one peer that are listed at first; the others wait behind a button. */
const listedAtFirst = 6;

interface PeerSessionsProps {
  readonly peerId: string;
  /** The sessions with the peer, the newest first. */
  readonly sessions: readonly SessionView[];
  /** The session in the main pane. */
  readonly shown: string | undefined;
  readonly go: (place: AgentPlace) => void;
}

/** Shows the sessions with one peer, each with a link to it. */
export function PeerSessions({ peerId, sessions, shown, go }: PeerSessionsProps) {
  const [isWhole, setIsWhole] = useState(false);
  const listed = isWhole ? sessions : sessions.slice(0, listedAtFirst);
  return (
    <>
      <ul className="peer-sessions" aria-label={`Sessions with ${peerId}`}>
        {listed.map((session) => (
          <li key={session.sessionId}>
            <SessionRow
              session={session}
              isShown={session.sessionId === shown}
              onOpen={() => go({ section: 'talk', sessionId: session.sessionId, tab: 'conversation' })}
            />
          </li>
        ))}
      </ul>
      {listed.length < sessions.length && (
        <button type="button" className="session-row" onClick={() => setIsWhole(true)}>
          Show all {sessions.length} sessions
        </button>
      )}
    </>
  );
}

interface SessionRowProps {
  readonly session: SessionView;
  readonly isShown: boolean;
  readonly onOpen: () => void;
}

function SessionRow({ session, isShown, onOpen }: SessionRowProps) {
  const now = useNow();
  const { sessionId, sent, received, createdAt, expiresAt, resumes } = session;
  const status = useStanding(session);
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
        <span>
          <span className="visually-hidden">session </span>
          <code title={sessionId}>{shortId(sessionId)}</code>
        </span>
        <span title={`${sent} sent, ${received} received`}>
          <span aria-hidden="true">
            ▸ {sent} ◂ {received}
          </span>
          <span className="visually-hidden">
            {sent} sent, {received} received
          </span>
        </span>
        <span className={`session-status session-status-${status}`}>{status}</span>
      </span>
      <span className="session-row-line">
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
      {waiting > 0 && <span className="session-row-waiting">{waiting} waiting for your answer</span>}
    </button>
  );
}
