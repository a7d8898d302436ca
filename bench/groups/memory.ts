import { membersIn } from '../../src/group/credential/members.ts';
import type { GroupMember } from '../../src/group/member/group-member.ts';
import type { Seat } from '../../src/group/member/testing/seat.ts';
import { treeHash } from '../../src/mls/tree/ratchet-tree.ts';
import { groupOf } from './seats.ts';

/** Gives the bytes in use after a collection, of both heap and buffers. */
export type Memory = () => Promise<number>;

/** Groups that are loaded before memory is measured, and again as many until it is measured again: so many leaves in all, and so many groups at least. */
const loaded = { leaves: 4_096, groups: 16 } as const;

/** Returns the bytes of memory that one more group of so many members takes. */
export async function memoryOfGroup(members: number, memory: Memory): Promise<number> {
  const { joiner } = await groupOf(members);
  return memoryOf(joiner, members, memory);
}

/**
 * Returns the bytes of memory that one more group takes whose member is read from storage: the slope, without what is there once. It has
 * computed what it will compute once: the hashes of its tree, and what the credentials say. Private keys are the platform's, in memory
 * that is not counted.
 */
async function memoryOf(seat: Seat, members: number, memory: Memory): Promise<number> {
  const count = Math.max(loaded.groups, Math.ceil(loaded.leaves / members));
  const held: GroupMember[] = [];
  const load = async () => {
    for (let more = 0; more < count; more++) {
      await seat.restart();
      const { state } = seat.member;
      treeHash(state.suite, state.tree);
      membersIn(state.tree);
      held.push(seat.member);
    }
  };
  await load();
  const before = await memory();
  await load();
  const bytes = (await memory()) - before;
  if (held.length !== 2 * count) throw new RangeError('Groups were dropped before they were measured.');
  return bytes / count;
}
