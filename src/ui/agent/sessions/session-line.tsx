import { formatDateTime, shortId } from '../../design/format.ts';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { useAgentState } from '../../state/hosted.ts';

interface SessionLineProps {
  readonly sessionId: string;
  /** Milliseconds since 1970 of the first exchange that is shown of it. */
  readonly at: number;
  readonly go: (place: AgentPlace) => void;
}

/**
 * Shows where a session of a conversation begins: how it began, and a link to its handshake while that is in memory.
 */
export function SessionLine({ sessionId, at, go }: SessionLineProps) {
  const session = useAgentState(({ sessions }) => sessions.find((each) => each.sessionId === sessionId));
  if (sessionId === '') return null;
  if (session === undefined) return <PlainSessionLine sessionId={sessionId} at={at} />;
  const how = session.resumes === undefined ? 'handshake' : `resumed ${shortId(session.resumes)}`;
  return (
    <p className="session-line muted">
      <span>
        session <code title={sessionId}>{shortId(sessionId)}</code> ·{' '}
        <button
          type="button"
          className="session-line-link"
          aria-label={`${how}: how session ${shortId(sessionId)} began`}
          onClick={() => go({ section: 'talk', sessionId, tab: 'handshake' })}
        >
          {how}
        </button>
      </span>
      <time dateTime={new Date(session.createdAt * 1000).toISOString()}>
        {formatDateTime(session.createdAt * 1000)}
      </time>
    </p>
  );
}

/** Shows the same line where only the id of the session is known. */
export function PlainSessionLine({ sessionId, at }: Pick<SessionLineProps, 'sessionId' | 'at'>) {
  return (
    <p className="session-line muted">
      <span>
        session <code title={sessionId}>{shortId(sessionId)}</code>
      </span>
      <time dateTime={new Date(at).toISOString()}>{formatDateTime(at)}</time>
    </p>
  );
}
