import type { Recording } from '../../agent/recording.ts';
import type { Seen } from './fingerprints.ts';
import { ancestors, type NodeId, type ScheduleNode, schedule } from './schedule-model.ts';

/**
 * What came to be, as far as the recording tells: what left a fingerprint and all that it was computed from. Private keys
 * are there from the start.
 */
export function cameToBe(fingerprints: ReadonlyMap<NodeId, Seen>): ReadonlySet<NodeId> {
  const found = new Set(schedule.filter(({ kind }) => kind === 'private key').map(({ id }) => id));
  for (const id of fingerprints.keys()) {
    found.add(id);
    for (const before of ancestors(id)) found.add(before);
  }
  return found;
}

/** Whether something still exists, in words. `came` is whether the recording shows that it ever did. */
export function existence({ lifetime }: ScheduleNode, status: Recording['session']['status'], came: boolean): string {
  if (!came && status === 'HANDSHAKING') return 'Not recorded yet: the handshake is not over.';
  if (!came && status === 'FAILED') return 'Not recorded before the handshake failed; nothing of it is kept.';
  switch (lifetime) {
    case 'public':
      return 'Public.';
    case 'kept':
      return 'Kept by its agent, never taken out.';
    case 'handshake':
      return status === 'HANDSHAKING'
        ? 'May still be in memory: the handshake is not over.'
        : 'Gone: overwritten or dropped with the handshake.';
    case 'session':
      if (status === 'HANDSHAKING') return 'In memory; the handshake is not over.';
      if (status === 'FAILED') return 'Gone: dropped when the handshake failed.';
      return status === 'ESTABLISHED'
        ? 'Held by both agents until the session ends.'
        : 'Gone: erased when the session ended.';
  }
}
