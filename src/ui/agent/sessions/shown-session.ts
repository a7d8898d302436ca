import type { SessionView } from '../../../agent/contracts/views.ts';
import type { AgentPlace } from '../../routing/agent-place.ts';

/**
 * Returns the session that a place shows: the one it names, or the one that resumed it; with the peer it names, or
 * with any, the newest living one, or else the newest.
 */
export function shownSession(
  sessions: readonly SessionView[],
  { sessionId, peerId }: Pick<AgentPlace, 'sessionId' | 'peerId'>,
): SessionView | undefined {
  if (sessionId !== undefined) {
    return (
      sessions.find((session) => session.sessionId === sessionId) ??
      sessions.findLast(({ resumes }) => resumes === sessionId)
    );
  }
  const candidates = peerId === undefined ? sessions : sessions.filter((session) => session.peerId === peerId);
  return candidates.findLast(isAlive) ?? candidates.at(-1);
}

/** True while a session can carry messages or soon will. */
function isAlive({ status }: SessionView): boolean {
  return status === 'ESTABLISHED' || status === 'HANDSHAKING';
}
