import type { StoredRecording } from '../contracts/recording-store.ts';

/** How many recordings are stored for all peers together, and how many bytes of ciphertext one has at most. */
export const recordingLimits = { inAll: 20, bytesOfOne: 131_072 } as const;

type Place = Pick<StoredRecording, 'sessionId' | 'peerId' | 'at' | 'isFull'>;

/**
 * Returns the recordings that have to go, so that `inAll` stay. The peer that has most loses first, so that one peer
 * drops its own and none of another's. Of a peer the oldest goes, but its newest full handshake last: every later
 * session of the conversation began by resuming it.
 */
export function whichGo(recordings: readonly Place[], inAll: number = recordingLimits.inAll): readonly string[] {
  const left = [...recordings].sort((a, b) => a.at - b.at);
  const gone: string[] = [];
  while (left.length > inAll) {
    const next = nextToGo(left);
    left.splice(left.indexOf(next), 1);
    gone.push(next.sessionId);
  }
  return gone;
}

function nextToGo(oldestFirst: readonly Place[]): Place {
  const shares = new Map<string, readonly Place[]>();
  for (const one of oldestFirst) shares.set(one.peerId, [...(shares.get(one.peerId) ?? []), one]);
  // Of equal shares the one with the oldest recording: a map keeps the order in which keys came.
  const largest = [...shares.values()].reduce((most, share) => (share.length > most.length ? share : most));
  const newestFull = largest.findLast(({ isFull }) => isFull);
  const next = largest.find((one) => one !== newestFull) ?? largest[0];
  if (next === undefined) throw new TypeError('There is nothing to choose from.');
  return next;
}
