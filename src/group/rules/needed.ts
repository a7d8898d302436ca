import type { StagedCommit } from '../../mls/group/stage-commit.ts';
import type { LeafNode } from '../../mls/structures/leaf-node.ts';
import { membersOf, type RatchetTree } from '../../mls/tree/ratchet-tree.ts';
import { GroupError } from '../codes.ts';
import { certificateKey } from '../credential/credential.ts';
import { credentialOf } from '../credential/members.ts';
import { type Outline, outlineOf } from './outline.ts';

/**
 * Returns the keys (`certificateKey`) of the certificates that `judgeCommit` looks at: of each leaf of the new tree that the old one does not
 * have, and where it takes the place of another of the same agent, or a member is removed as revoked, of the leaf before. Empty for a commit
 * that is not valid whatever they say.
 */
export function certificatesNeeded(staged: StagedCommit): readonly string[] {
  try {
    return certificatesOf(outlineOf(staged));
  } catch (error) {
    if (error instanceof GroupError) return [];
    throw error;
  }
}

/** Returns the keys of the certificates that the outline of a commit asks for. */
export function certificatesOf({ newLeaves, update, replaced, reason, removed }: Outline): readonly string[] {
  return keysOf([
    ...newLeaves.map(({ leaf }) => leaf),
    ...(update === undefined ? [] : [update.before]),
    ...replaced.map(({ before }) => before),
    ...(reason === 'revoked' ? removed.map(({ leaf }) => leaf) : []),
  ]);
}

/** Returns the keys of the certificates of all leaves: what a joiner looks at. Throws what `credentialOf` throws. */
export function certificatesOfTree(tree: RatchetTree): readonly string[] {
  return keysOf(membersOf(tree).map(({ leaf }) => leaf));
}

function keysOf(leaves: readonly LeafNode[]): readonly string[] {
  return [...new Set(leaves.map((leaf) => certificateKey(credentialOf(leaf))))];
}
