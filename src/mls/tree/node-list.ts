import { MlsError } from '../errors.ts';
import { type LeafIndex, maximumLeaves, type NodeIndex, nodeOfLeaf, toNodeIndex } from '../indices.ts';
import type { Node, NodeList } from '../structures/node.ts';
import type { ParentNode } from '../structures/parent-node.ts';
import { type KeyIndex, noKeys, withKey } from './key-index.ts';
import { LeafPlace, ParentPlace, type Place } from './places.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import { covers, levelOf, rootOf } from './tree-math.ts';

/**
 * Returns the tree of a `ratchet_tree` extension (RFC 9420, section 12.4.3.3), not yet validated beyond its structure.
 * Throws `last_node_blank`, `tree_too_large`, `tree_not_truncated`, `node_misplaced`, `unmerged_leaves_unsorted`,
 * `unmerged_leaf_not_below`, `unmerged_leaf_not_between`.
 */
export function treeFromNodes(nodes: NodeList): RatchetTree {
  if (nodes.at(-1) === undefined) throw new MlsError('last_node_blank', 'The last node of a tree is blank.');
  let leafCount = 1;
  while (2 * leafCount - 1 < nodes.length) leafCount *= 2;
  if (leafCount > maximumLeaves) throw new MlsError('tree_too_large', 'The tree has more than 65,536 leaves.');
  const root = placeOf(nodes, rootOf(leafCount));
  if (root instanceof ParentPlace && root.right.members === 0) {
    throw new MlsError('tree_not_truncated', 'The right half of a tree has no member.');
  }
  let encryptionKeys: KeyIndex = noKeys;
  let signatureKeys: KeyIndex = noKeys;
  for (const node of nodes) {
    if (node === undefined) continue;
    encryptionKeys = withKey(encryptionKeys, (node.type === 'leaf' ? node.leaf : node.parent).encryptionKey);
    if (node.type === 'leaf') signatureKeys = withKey(signatureKeys, node.leaf.signatureKey);
  }
  assertUnmergedLeaves(root, []);
  return { root, leafCount, encryptionKeys, signatureKeys };
}

function placeOf(nodes: NodeList, index: NodeIndex): Place {
  const node = nodes[index];
  const level = levelOf(index);
  if (level === 0) {
    if (node?.type === 'parent') throw new MlsError('node_misplaced', 'A parent is where a leaf belongs.');
    return new LeafPlace(index, node?.leaf);
  }
  if (node?.type === 'leaf') throw new MlsError('node_misplaced', 'A leaf is where a parent belongs.');
  const reach = 1 << (level - 1);
  const left = placeOf(nodes, toNodeIndex(index - reach));
  return new ParentPlace(index, node?.parent, left, placeOf(nodes, toNodeIndex(index + reach)));
}

/** Throws unless the unmerged leaves of every parent here fit; `listed` are those that the next parent above lists. */
function assertUnmergedLeaves(place: Place, listed: readonly LeafIndex[]): void {
  if (place instanceof LeafPlace) {
    if (place.leaf === undefined && listed.length > 0) {
      throw new MlsError('unmerged_leaf_not_below', 'An unmerged leaf is blank.');
    }
    return;
  }
  if (place.parent !== undefined) assertUnmergedLeavesOf(place, place.parent, listed);
  const below = place.parent?.unmergedLeaves ?? listed;
  assertUnmergedLeaves(
    place.left,
    below.filter((leaf) => nodeOfLeaf(leaf) < place.index),
  );
  assertUnmergedLeaves(
    place.right,
    below.filter((leaf) => nodeOfLeaf(leaf) > place.index),
  );
}

function assertUnmergedLeavesOf(place: Place, { unmergedLeaves }: ParentNode, listed: readonly LeafIndex[]): void {
  unmergedLeaves.forEach((leaf, i) => {
    if (i > 0 && leaf <= (unmergedLeaves[i - 1] ?? -1)) {
      throw new MlsError('unmerged_leaves_unsorted', 'The unmerged leaves of a parent are not in increasing order.');
    }
    if (!covers(place.index, leaf)) {
      throw new MlsError('unmerged_leaf_not_below', 'An unmerged leaf is not below its parent.');
    }
  });
  const own = new Set(unmergedLeaves);
  if (listed.some((leaf) => !own.has(leaf))) {
    throw new MlsError('unmerged_leaf_not_between', 'A parent between does not list an unmerged leaf.');
  }
}

/**
 * Returns the tree as the list of a `ratchet_tree` extension, without blank nodes at the right end (RFC 9420, section
 * 12.4.3.3).
 */
export function nodesOf(tree: RatchetTree): NodeList {
  const nodes: (Node | undefined)[] = [];
  const visit = (place: Place): void => {
    if (place instanceof LeafPlace) {
      nodes.push(place.leaf && { type: 'leaf', leaf: place.leaf });
      return;
    }
    visit(place.left);
    nodes.push(place.parent && { type: 'parent', parent: place.parent });
    visit(place.right);
  };
  visit(tree.root);
  while (nodes.length > 0 && nodes.at(-1) === undefined) nodes.pop();
  return nodes;
}
