import type { Append, DeliveryAgent, EntryRecord, StoredKeyPackage } from '../../delivery/store.ts';
import type { Bytes } from '../../protocol/bytes.ts';

export const groupId = '0'.repeat(32);
/** Unix seconds until which an entry_id of these appends is remembered. */
export const until = 2_000;

/** Returns these bytes. */
export function bytes(...values: readonly number[]): Bytes {
  return Uint8Array.from(values);
}

/** Returns an id of 32 hex digits. */
export function id(n: number): string {
  return n.toString(16).padStart(32, '0');
}

/** Returns a KeyPackage of two bytes. */
export function keyPackage(n: number): StoredKeyPackage {
  return { hash: n.toString(16).padStart(2, '0'), bytes: bytes(n, n) };
}

/** Returns an agent's record with something in every list. */
export function fullRecord(): DeliveryAgent {
  return {
    key: 'ab'.repeat(32),
    keySince: 5,
    tokens: [{ hash: 'cd'.repeat(32), expiresAt: 7 }],
    took: [{ agentId: 'agent_b', at: 1 }],
    gave: [1, 2],
    made: [{ groupId, at: 3 }],
    spokeIn: [groupId],
    charges: [{ groupId, bytes: 12, from: 1 }],
    welcomeBytes: 8,
  };
}

/** Returns the append of a commit at `index`, with a Welcome to `to`. */
export function commit(index: number, to: readonly string[] = [], entryId = id(index), group = groupId): Append {
  const lists = { members: ['agent_a', 'agent_b'], admins: ['agent_a'] };
  const entry: EntryRecord = {
    index,
    kind: 'commit',
    sender: 'agent_a',
    entryId,
    at: 1_000,
    hash: bytes(...new Array(32).fill(index)),
    size: 3,
    isDropped: false,
    before: bytes(...new Array(32).fill(index + 100)),
    ...(index % 2 === 0 ? { lists } : {}),
  };
  return {
    entry,
    message: bytes(1, 2, index),
    ...(to.length === 0 ? {} : { welcome: { message: bytes(4, index), to } }),
    after: {
      groupId: group,
      next: index + 1,
      head: bytes(...new Array(32).fill(index + 101)),
      at: 1_000,
      lastCommit: index,
      written: 3 * (index + 1),
      roster: {
        ...lists,
        leaving: ['agent_b'],
        spoken: ['agent_a'],
        places: [
          { agentId: 'agent_c', from: 0, at: 1, until: 2 },
          { agentId: 'agent_a', from: 0, at: 1 },
        ],
        commits: [{ agentId: 'agent_a', at: 1_000 }],
      },
    },
    account: (current) => ({ ...current, welcomeBytes: current.welcomeBytes + 1 }),
    rememberUntil: until,
  };
}
