import { equalBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import type { LeafIndex } from '../indices.ts';
import type { AuthenticatedContent } from '../structures/authenticated-content.ts';
import type { GroupContext } from '../structures/group-context.ts';
import type { Sender } from '../structures/sender.ts';
import type { UpdatePath } from '../structures/update-path.ts';
import { applyPath } from '../tree/apply-path.ts';
import { rulesOf } from '../tree/leaf-validation.ts';
import { leafAt, openLeaf, type RatchetTree, treeHash } from '../tree/ratchet-tree.ts';
import { type AppliedProposals, applyProposals, provisionalContext } from './apply-proposals.ts';
import type { AttributedProposal, GroupState } from './group-state.ts';
import { checkPlace } from './open-message.ts';
import { checkProposalList, needsPath, proposalsOf } from './proposal-list.ts';

/** A commit whose proposals and path are valid by what everybody can see, before any secret of it is computed. */
export interface StagedCommit {
  /** The state that the commit follows. */
  readonly state: GroupState;
  readonly commit: AuthenticatedContent;
  readonly sender: Sender;
  /** The committer's leaf in the new tree. */
  readonly committer: LeafIndex;
  readonly proposals: readonly AttributedProposal[];
  readonly applied: AppliedProposals;
  readonly path: UpdatePath | undefined;
  /** The tree before and after, the path included: what an application decides by. */
  readonly oldTree: RatchetTree;
  readonly newTree: RatchetTree;
  /** The tree that the path is applied to: with the proposals, and open for a new member that commits. */
  readonly treeBefore: RatchetTree;
  /** The new epoch's context, with the former transcript hash. */
  readonly provisional: GroupContext;
  /** True when this member is removed by it. */
  readonly removesMe: boolean;
}

/**
 * Checks a commit as far as it can be without secrets (RFC 9420, section 12.4.2). What it returns is for the caller to decide on; then
 * `applyCommit`. Throws `wrong_group`, `epoch_in_the_past`, `epoch_in_the_future` for a commit that another state opened, and the codes of sections 12.2, 7.3, 7.6, 7.9 and 10.1.
 */
export async function stageCommit(state: GroupState, commit: AuthenticatedContent): Promise<StagedCommit> {
  const { content, sender } = commit.content;
  if (content.type !== 'commit') throw new MlsError('not_a_group_message', 'The content is not a commit.');
  checkPlace(state, commit.content);
  const proposals = proposalsOf(content.commit, sender, state.proposals);
  checkProposalList(state.suite, proposals, sender);
  const { path } = content.commit;
  if (path === undefined && needsPath(proposals)) throw new MlsError('path_missing', 'The commit must have a path.');
  const applied = await applyProposals(state, proposals);
  const { tree, treeBefore, committer } = await treeOfCommit(state, sender, applied, path);
  return {
    state,
    commit,
    sender,
    committer,
    proposals,
    applied,
    path,
    oldTree: state.tree,
    treeBefore,
    newTree: tree,
    provisional: provisionalContext(state.context, applied.extensions, treeHash(state.suite, tree)),
    removesMe: applied.removed.includes(state.ownLeaf),
  };
}

async function treeOfCommit(
  state: GroupState,
  sender: Sender,
  applied: AppliedProposals,
  path: UpdatePath | undefined,
): Promise<{ readonly tree: RatchetTree; readonly treeBefore: RatchetTree; readonly committer: LeafIndex }> {
  const { suite } = state;
  const received = {
    groupId: state.context.groupId,
    excluded: new Set(applied.joiners.map(({ leafIndex }) => leafIndex)),
    rules: rulesOf({ cipherSuite: suite.id, extensions: applied.extensions }),
  };
  const { tree: treeBefore, leafIndex: committer } =
    sender.type === 'member' ? { tree: applied.tree, leafIndex: sender.leafIndex } : openLeaf(applied.tree);
  if (path === undefined) return { tree: treeBefore, treeBefore, committer };
  if (sender.type !== 'member') assertNewerThan(state.tree, applied.removed, path);
  const tree = await applyPath(suite, { ...received, tree: treeBefore, sender: committer, path });
  return { tree, treeBefore, committer };
}

/** Throws `resync_key_not_new` for a client that returns with the encryption key of its former leaf, as an Update may not (RFC 9420, section 12.2). */
function assertNewerThan(tree: RatchetTree, removed: readonly LeafIndex[], { leafNode }: UpdatePath): void {
  for (const leafIndex of removed) {
    const former = leafAt(tree, leafIndex);
    if (former !== undefined && equalBytes(former.encryptionKey, leafNode.encryptionKey)) {
      throw new MlsError('resync_key_not_new', 'A new member has the encryption key of the leaf that it removes.');
    }
  }
}
