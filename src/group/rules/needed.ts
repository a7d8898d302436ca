import type { StagedCommit } from '../../mls/group/stage-commit.ts';
import type { LeafNode } from '../../mls/structures/leaf-node.ts';
import { leafChanges } from '../../mls/tree/leaf-changes.ts';
import { leafAt, membersOf, type RatchetTree } from '../../mls/tree/ratchet-tree.ts';
import { GroupError } from '../codes.ts';
import { certificateKey } from '../credential/credential.ts';
import { credentialOf } from '../credential/members.ts';

/**
 * Returns the keys (`certificateKey`) of the certificates that `judgeCommit` looks at: of each leaf of the new tree that the old one does
 * not have, and of the leaves that it replaces or removes. Those of the old tree this member has kept. A leaf whose credential cannot be
 * read needs none: it is not valid.
 */
export function certificatesNeeded({ oldTree, newTree, applied }: StagedCommit): readonly string[] {
  const changed = leafChanges(oldTree, newTree).flatMap(({ before, after }) => [before, after]);
  const removed = applied.removed.map((leaf) => leafAt(oldTree, leaf));
  return keysOf([...changed, ...removed]);
}

/** Returns the keys of the certificates of all leaves: what a joiner looks at. */
export function certificatesOfTree(tree: RatchetTree): readonly string[] {
  return keysOf(membersOf(tree).map(({ leaf }) => leaf));
}

function keysOf(leaves: readonly (LeafNode | undefined)[]): readonly string[] {
  const keys = new Set<string>();
  for (const leaf of leaves) {
    const key = leaf && keyOf(leaf);
    if (key !== undefined) keys.add(key);
  }
  return [...keys];
}

function keyOf(leaf: LeafNode): string | undefined {
  try {
    return certificateKey(credentialOf(leaf));
  } catch (error) {
    if (error instanceof GroupError) return undefined;
    throw error;
  }
}
