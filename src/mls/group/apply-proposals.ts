import type { Bytes } from '../bytes.ts';
import type { LeafIndex } from '../indices.ts';
import type { Extension } from '../structures/extension.ts';
import type { GroupContext } from '../structures/group-context.ts';
import type { KeyPackage } from '../structures/key-package.ts';
import type { LeafNode } from '../structures/leaf-node.ts';
import type { PreSharedKeyId } from '../structures/pre-shared-key-id.ts';
import { validateKeyPackage } from '../tree/key-package-validation.ts';
import { type LeafRules, type LifetimeRule, rulesOf, validateLeaf } from '../tree/leaf-validation.ts';
import { addLeaf, type RatchetTree, removeLeaf, updateLeaf } from '../tree/ratchet-tree.ts';
import { assertMembersFit } from '../tree/tree-validation.ts';
import type { AttributedProposal, GroupState } from './group-state.ts';
import { nextEpoch } from './next-epoch.ts';

/** A member that a commit adds. */
export interface Joiner {
  readonly leafIndex: LeafIndex;
  readonly keyPackage: KeyPackage;
}

/** What a commit's proposals make of a group, before its path. */
export interface AppliedProposals {
  readonly tree: RatchetTree;
  readonly extensions: readonly Extension[];
  readonly joiners: readonly Joiner[];
  readonly removed: readonly LeafIndex[];
  readonly updated: readonly LeafIndex[];
  readonly psks: readonly PreSharedKeyId[];
  readonly externalInit: Bytes | undefined;
}

/**
 * Applies proposals in the order of RFC 9420, section 12.3: GroupContextExtensions, Update, Remove, Add. The list was checked before.
 * Throws what is wrong with a leaf or a KeyPackage (sections 7.3 and 10.1); `lifetime` is for the KeyPackages.
 */
export async function applyProposals(
  state: Pick<GroupState, 'suite' | 'context' | 'tree'>,
  proposals: readonly AttributedProposal[],
  lifetime?: LifetimeRule,
): Promise<AppliedProposals> {
  const { context } = state;
  let { tree } = state;
  let { extensions } = context;
  const updated: LeafIndex[] = [];
  const removed: LeafIndex[] = [];
  const joiners: Joiner[] = [];
  for (const { proposal } of proposals) {
    if (proposal.type === 'group_context_extensions') extensions = proposal.extensions;
  }
  const rules = rulesOf({ cipherSuite: context.cipherSuite, extensions });
  await checkLeaves(state, proposals, rules, lifetime);
  for (const { proposal, sender } of proposals) {
    if (proposal.type !== 'update' || sender.type !== 'member') continue;
    tree = updateLeaf(tree, sender.leafIndex, proposal.leafNode);
    updated.push(sender.leafIndex);
  }
  for (const { proposal } of proposals) {
    if (proposal.type !== 'remove') continue;
    tree = removeLeaf(tree, proposal.removed);
    removed.push(proposal.removed);
  }
  for (const { proposal } of proposals) {
    if (proposal.type !== 'add') continue;
    const added = addLeaf(tree, proposal.keyPackage.leafNode);
    tree = added.tree;
    joiners.push({ leafIndex: added.leafIndex, keyPackage: proposal.keyPackage });
  }
  if (extensions !== context.extensions) assertMembersFit(tree, rules);
  return {
    tree,
    extensions,
    joiners,
    removed,
    updated,
    psks: proposals.flatMap(({ proposal }) => (proposal.type === 'psk' ? [proposal.psk] : [])),
    externalInit: externalInitOf(proposals),
  };
}

/** How many leaves are checked at once: when one is wrong, what comes behind has cost nothing yet. */
const checkedAtOnce = 64;

/** Checks every new leaf by itself, before a tree takes any: a commit may hold as many as its length allows. */
async function checkLeaves(
  state: Pick<GroupState, 'suite' | 'context'>,
  proposals: readonly AttributedProposal[],
  rules: LeafRules,
  lifetime: LifetimeRule | undefined,
): Promise<void> {
  const rulesOfAdd = lifetime === undefined ? rules : { ...rules, lifetime };
  const check = async ({ proposal, sender }: AttributedProposal): Promise<void> => {
    if (proposal.type === 'add') await validateKeyPackage(state.suite, proposal.keyPackage, rulesOfAdd);
    if (proposal.type !== 'update' || sender.type !== 'member') return;
    await checkUpdatedLeaf(state, sender.leafIndex, proposal.leafNode, rules);
  };
  for (let first = 0; first < proposals.length; first += checkedAtOnce) {
    await Promise.all(proposals.slice(first, first + checkedAtOnce).map(check));
  }
}

async function checkUpdatedLeaf(
  { suite, context }: Pick<GroupState, 'suite' | 'context'>,
  leafIndex: LeafIndex,
  leaf: LeafNode,
  rules: LeafRules,
): Promise<void> {
  const { groupId } = context;
  await validateLeaf(suite, leaf, { source: 'update', groupId, leafIndex }, rules);
  await suite.hpke.checkPublicKey(leaf.encryptionKey);
}

function externalInitOf(proposals: readonly AttributedProposal[]): Bytes | undefined {
  for (const { proposal } of proposals) if (proposal.type === 'external_init') return proposal.kemOutput;
  return undefined;
}

/** Returns the GroupContext of the next epoch before its transcript hash is known (RFC 9420, section 12.4.1). Throws `epoch_exhausted`. */
export function provisionalContext(
  context: GroupContext,
  extensions: readonly Extension[],
  treeHash: Bytes,
): GroupContext {
  return { ...context, epoch: nextEpoch(context), treeHash, extensions };
}
