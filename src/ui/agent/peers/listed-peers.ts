import type { PeerView, SessionView } from '../../../agent/contracts/views.ts';

/** A peer as the list shows it: once, with everything that this agent has with it. */
export interface ListedPeer {
  readonly peerId: string;
  /** Its entry in the directory; absent when the Controller has not listed it on this page. */
  readonly entry?: PeerView;
  /** The sessions with it, the newest first. */
  readonly sessions: readonly SessionView[];
}

/**
 * Returns every peer once: those of the directory, and those that a session or a stored conversation is with. Online
 * peers come first and revoked peers last; within each group the order is that of the agent_id.
 */
export function listedPeers(
  directory: readonly PeerView[],
  sessions: readonly SessionView[],
  stored: readonly string[],
): readonly ListedPeer[] {
  const entries = new Map(directory.map((entry) => [entry.agentId, entry]));
  const ids = new Set([...entries.keys(), ...sessions.map(({ peerId }) => peerId), ...stored]);
  return [...ids]
    .map((peerId) => {
      const entry = entries.get(peerId);
      return {
        peerId,
        ...(entry === undefined ? {} : { entry }),
        sessions: sessions.filter((session) => session.peerId === peerId).toReversed(),
      };
    })
    .sort((a, b) => rank(a.entry) - rank(b.entry) || a.peerId.localeCompare(b.peerId));
}

function rank(entry: PeerView | undefined): number {
  if (entry?.status === 'revoked') return 2;
  return entry?.online === true ? 0 : 1;
}
