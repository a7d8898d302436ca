import type { RatchetTree } from '../../mls/tree/ratchet-tree.ts';
import { membersIn } from '../credential/members.ts';
import { adminsOf } from '../descriptor/admins.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import type { ClearLists } from '../log/entry.ts';

/** What a commit does to the clear lists, as its maker knows it. */
export interface ListedCommit {
  readonly by: string;
  /** The group after the commit. */
  readonly tree: RatchetTree;
  readonly descriptor: Descriptor;
  /** agent_ids that have proposed to leave, and those that it removes as revoked. */
  readonly gone: readonly string[];
}

/** Returns the lists of a group as it is: members, and admins by the descriptor, sorted. */
export function listsOf(tree: RatchetTree, descriptor: Descriptor): ClearLists {
  const members = membersIn(tree);
  return { members: members.map(({ agentId }) => agentId).toSorted(), admins: adminsOf(descriptor, members) };
}

/**
 * Returns the lists that go with a commit (groups page, section 4): an admin by `current`, or anybody when no admin is a member, says how the
 * group is; from another they only lack who left or was revoked, and the next admin's commit corrects the rest. `current` is undefined for
 * a group's first commit.
 */
export function listsAfter(current: ClearLists | undefined, commit: ListedCommit): ClearLists {
  const isFree =
    current === undefined ||
    current.admins.includes(commit.by) ||
    !current.admins.some((admin) => current.members.includes(admin));
  if (isFree) return listsOf(commit.tree, commit.descriptor);
  const stays = (agentId: string): boolean => !commit.gone.includes(agentId);
  return { members: current.members.filter(stays), admins: current.admins.filter(stays) };
}
