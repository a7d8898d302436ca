import type { StagedCommit } from '../../mls/group/stage-commit.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { LeafNode } from '../../mls/structures/leaf-node.ts';
import { leafChanges } from '../../mls/tree/leaf-changes.ts';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import { GroupError } from '../codes.ts';
import { credentialOf, membersIn } from '../credential/members.ts';
import { adminsOf, type GroupMember } from '../descriptor/admins.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import { descriptorIn } from '../profile/group-context.ts';
import type { RemovalReason } from './commit-change.ts';
import { readReason } from './reason.ts';

/** A leaf with its place. */
export interface PlacedLeaf {
  readonly leafIndex: LeafIndex;
  readonly leaf: LeafNode;
}

/** A leaf that takes the place of another of the same agent: the committer's by its path, or a member's that comes back. */
export interface Replacement {
  readonly before: LeafNode;
  readonly after: LeafNode;
}

/** A commit as its rules look at it, before any certificate is. */
export interface Outline {
  readonly staged: StagedCommit;
  readonly by: string;
  readonly isAdmin: boolean;
  readonly reason: RemovalReason | undefined;
  readonly before: { readonly members: readonly GroupMember[]; readonly descriptor: Descriptor };
  readonly after: { readonly members: readonly GroupMember[]; readonly descriptor: Descriptor };
  readonly newLeaves: readonly PlacedLeaf[];
  /** Added by the commit. */
  readonly added: readonly PlacedLeaf[];
  /** By the committer, not by their own proposals. */
  readonly removed: readonly PlacedLeaf[];
  /** By their own proposals. */
  readonly left: readonly PlacedLeaf[];
  readonly changesDescriptor: boolean;
  /** The committer's leaf, where the commit has a path. */
  readonly update: Replacement | undefined;
  /** Of agents whose leaf is removed and who are added: a rejoin. */
  readonly replaced: readonly Replacement[];
}

/**
 * Reads what a commit does. Throws `proposal_not_allowed`, `proposal_by_reference`, `authenticated_data_not_allowed`, and what reading a
 * credential or a descriptor throws.
 */
export function outlineOf(staged: StagedCommit): Outline {
  checkProposals(staged);
  const { state, commit, committer, oldTree, newTree, applied } = staged;
  const before = { members: membersIn(oldTree), descriptor: descriptorIn(state.context.extensions) };
  const changesDescriptor = applied.extensions !== state.context.extensions;
  const after = {
    members: membersIn(newTree),
    descriptor: changesDescriptor ? descriptorIn(applied.extensions) : before.descriptor,
  };
  const by = before.members.find(({ leaf }) => leaf === committer)?.agentId ?? '';
  const added = applied.joiners.map(({ leafIndex, keyPackage }) => ({ leafIndex, leaf: keyPackage.leafNode }));
  const isOwn = new Set(
    staged.proposals.flatMap(({ proposal, reference }) =>
      proposal.type === 'remove' && reference !== undefined ? [proposal.removed] : [],
    ),
  );
  const gone = applied.removed.flatMap((leafIndex) => {
    const leaf = leafAt(oldTree, leafIndex);
    return leaf === undefined ? [] : [{ leafIndex, leaf }];
  });
  return {
    staged,
    by,
    isAdmin: adminsOf(before.descriptor, before.members).includes(by),
    reason: readReason(commit.content.authenticatedData),
    before,
    after,
    newLeaves: leafChanges(oldTree, newTree).flatMap(({ leafIndex, after: leaf }) =>
      leaf === undefined ? [] : [{ leafIndex, leaf }],
    ),
    added,
    removed: gone.filter(({ leafIndex }) => !isOwn.has(leafIndex)),
    left: gone.filter(({ leafIndex }) => isOwn.has(leafIndex)),
    changesDescriptor,
    update: updateOf(staged),
    replaced: replacedOf(gone, added),
  };
}

/** Throws unless every proposal is one that a group takes, and every one by reference its sender's own departure (groups page, sections 1 and 5). */
function checkProposals({ sender, commit, proposals }: StagedCommit): void {
  if (sender.type !== 'member' || commit.wireFormat !== 'mls_private_message') {
    throw new GroupError('proposal_not_allowed', 'Only a member commits, by a PrivateMessage.');
  }
  for (const { proposal, reference, sender: proposer } of proposals) {
    if (reference !== undefined) {
      const leaves =
        proposal.type === 'remove' && proposer.type === 'member' && proposer.leafIndex === proposal.removed;
      if (!leaves) {
        throw new GroupError('proposal_by_reference', 'A proposal by reference is a Remove of its sender’s own leaf.');
      }
    } else if (!['add', 'remove', 'group_context_extensions'].includes(proposal.type)) {
      throw new GroupError('proposal_not_allowed', `No group takes a proposal of the type ${proposal.type}.`);
    }
  }
}

function updateOf({ path, committer, oldTree, newTree }: StagedCommit): Replacement | undefined {
  if (path === undefined) return undefined;
  const [before, after] = [leafAt(oldTree, committer), leafAt(newTree, committer)];
  return before === undefined || after === undefined ? undefined : { before, after };
}

function replacedOf(gone: readonly PlacedLeaf[], added: readonly PlacedLeaf[]): readonly Replacement[] {
  const former = new Map(gone.map(({ leaf }) => [credentialOf(leaf).agentId, leaf]));
  return added.flatMap(({ leaf }) => {
    const before = former.get(credentialOf(leaf).agentId);
    return before === undefined ? [] : [{ before, after: leaf }];
  });
}
