import type { SessionView } from '../../agent/views.ts';

/** The session that an address names; without a name the newest living one, or else the newest. */
export function shownSession(sessions: readonly SessionView[], named: string | undefined): SessionView | undefined {
  if (named !== undefined) return sessions.find(({ sessionId }) => sessionId === named);
  return sessions.findLast(isAlive) ?? sessions.at(-1);
}

/** True while a session can carry messages or soon will. */
function isAlive({ status }: SessionView): boolean {
  return status === 'ESTABLISHED' || status === 'HANDSHAKING';
}
