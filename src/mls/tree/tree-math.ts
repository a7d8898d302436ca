import { type LeafIndex, type NodeIndex, nodeOfLeaf, toLeafIndex, toNodeIndex } from '../indices.ts';

/** Returns how far a node is above the leaves, 0 for a leaf (RFC 9420, appendix C). */
export function levelOf(node: NodeIndex): number {
  return 31 - Math.clz32(~node & (node + 1));
}

/** Returns the number of nodes of a tree of `leafCount` leaves, a power of two (RFC 9420, appendix C). */
export function nodeCount(leafCount: number): number {
  return 2 * leafCount - 1;
}

/** Returns the root of a tree of `leafCount` leaves, a power of two (RFC 9420, appendix C). */
export function rootOf(leafCount: number): NodeIndex {
  return toNodeIndex(leafCount - 1);
}

/** Returns the left child, undefined for a leaf (RFC 9420, appendix C). */
export function leftOf(node: NodeIndex): NodeIndex | undefined {
  const level = levelOf(node);
  return level === 0 ? undefined : toNodeIndex(node ^ (1 << (level - 1)));
}

/** Returns the right child, undefined for a leaf (RFC 9420, appendix C). */
export function rightOf(node: NodeIndex): NodeIndex | undefined {
  const level = levelOf(node);
  return level === 0 ? undefined : toNodeIndex(node ^ (3 << (level - 1)));
}

/** Returns the parent in a tree of `leafCount` leaves, undefined for the root (RFC 9420, appendix C). */
export function parentOf(node: NodeIndex, leafCount: number): NodeIndex | undefined {
  if (node === rootOf(leafCount)) return undefined;
  const level = levelOf(node);
  const isRight = (node >> (level + 1)) & 1;
  return toNodeIndex((node | (1 << level)) ^ (isRight << (level + 1)));
}

/**
 * Returns the other child of the parent in a tree of `leafCount` leaves, undefined for the root (RFC 9420, appendix C).
 */
export function siblingOf(node: NodeIndex, leafCount: number): NodeIndex | undefined {
  const parent = parentOf(node, leafCount);
  if (parent === undefined) return undefined;
  return node < parent ? rightOf(parent) : leftOf(parent);
}

/** Returns the leaf of a node that is one. */
export function leafOfNode(node: NodeIndex): LeafIndex {
  return toLeafIndex(node / 2);
}

/** True if `leaf` is below `node` or is the node itself. */
export function covers(node: NodeIndex, leaf: LeafIndex): boolean {
  const reach = (1 << levelOf(node)) - 1;
  const place = nodeOfLeaf(leaf);
  return place >= node - reach && place <= node + reach;
}
