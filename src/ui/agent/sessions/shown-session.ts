import type { SessionView } from '../../../agent/contracts/views.ts';
import type { AgentPlace } from '../../routing/agent-place.ts';

/**
 * Returns the session that a place shows: the one it names, or the one that resumed it; with the peer it names, or
 * with any, the newest living one, or else the newest of this run.
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
  const candidates = sessions.filter(
    (session) => session.isStored !== true && (peerId === undefined || session.peerId === peerId),
  );
  return candidates.findLast(isAlive) ?? candidates.at(-1);
}

/** Returns the newest full handshake with the peer of a resumption before it, if it is listed: where its keys began. */
export function fullHandshakeBefore(
  sessions: readonly SessionView[],
  { peerId, createdAt, resumes }: SessionView,
): SessionView | undefined {
  if (resumes === undefined) return undefined;
  return sessions.findLast(
    (each) =>
      each.peerId === peerId &&
      each.resumes === undefined &&
      each.status !== 'FAILED' &&
      each.status !== 'HANDSHAKING' &&
      each.createdAt <= createdAt,
  );
}

/** True while a session can carry messages or soon will. */
function isAlive({ status }: SessionView): boolean {
  return status === 'ESTABLISHED' || status === 'HANDSHAKING';
}
