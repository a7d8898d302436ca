import { type Bytes, noBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import type { NodeIndex } from '../indices.ts';
import type { ParentNode } from '../structures/parent-node.ts';
import { parentHash } from './parent-hash.ts';
import { type PathStep, placeAt, type RatchetTree } from './ratchet-tree.ts';

/** The parents that a path sets, and the parent hash for its leaf. */
export interface PathParents {
  readonly parents: ReadonlyMap<NodeIndex, ParentNode>;
  readonly leafParentHash: Bytes;
}

/**
 * Returns the parents of a filtered direct path with these keys, their parent hashes computed from the root down (RFC
 * 9420, section 7.5).
 */
export function pathParents(
  suite: CipherSuite,
  tree: RatchetTree,
  steps: readonly PathStep[],
  keys: readonly Bytes[],
): PathParents {
  const parents = new Map<NodeIndex, ParentNode>();
  let above = noBytes;
  for (const [i, { node, copathChild }] of [...steps.entries()].reverse()) {
    const parent = { encryptionKey: keys[i] ?? noBytes, parentHash: above, unmergedLeaves: [] };
    parents.set(node, parent);
    above = parentHash(suite, parent, placeAt(tree, copathChild)?.hash(suite) ?? noBytes);
  }
  return { parents, leafParentHash: above };
}

/**
 * Returns the nodes that a path secret is encrypted to: the resolution of the copath's child without new leaves (RFC
 * 9420, section 7.5).
 */
export function recipientsOf(
  tree: RatchetTree,
  copathChild: NodeIndex,
  excluded: ReadonlySet<number>,
): readonly NodeIndex[] {
  const resolved = placeAt(tree, copathChild)?.resolution ?? [];
  return excluded.size === 0 ? resolved : resolved.filter((node) => node % 2 === 1 || !excluded.has(node / 2));
}
