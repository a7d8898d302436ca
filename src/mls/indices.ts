import { MlsError } from './errors.ts';

declare const brand: unique symbol;

/** The place of a member among the leaves: 0, 1, 2 and so on (RFC 9420, section 4.1). */
export type LeafIndex = number & { readonly [brand]: 'LeafIndex' };
/** The place of a node in the array form of the tree; leaf `i` is node `2 i` (RFC 9420, appendix C). */
export type NodeIndex = number & { readonly [brand]: 'NodeIndex' };

/** The most leaves that a tree of this implementation has. */
export const maximumLeaves = 65_536;

/** Takes a whole number, not negative, as a leaf index. Throws `number_out_of_range` for another. */
export function toLeafIndex(index: number): LeafIndex {
  if (!Number.isInteger(index) || index < 0) {
    throw new MlsError('number_out_of_range', `${index} is no index of a leaf.`);
  }
  return index as LeafIndex;
}

/** Takes a whole number, not negative, as a node index. */
export function toNodeIndex(index: number): NodeIndex {
  return index as NodeIndex;
}

/** Returns the node of a leaf. */
export function nodeOfLeaf(leaf: LeafIndex): NodeIndex {
  return toNodeIndex(leaf * 2);
}
