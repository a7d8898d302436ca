import { type Bytes, equalBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, maximumLeaves, type NodeIndex, nodeOfLeaf, toNodeIndex } from '../indices.ts';
import type { LeafNode } from '../structures/leaf-node.ts';
import type { ParentNode } from '../structures/parent-node.ts';
import { countOf, type KeyIndex, noKeys, withKey, withoutKey } from './key-index.ts';
import { blankPlace, LeafPlace, ParentPlace, type Place } from './places.ts';
import { leafOfNode, levelOf, rootOf } from './tree-math.ts';

/**
 * The public part of a group's ratchet tree, an immutable value that shares its subtrees with the trees it was made
 * from.
 */
export interface RatchetTree {
  readonly root: Place;
  /** The number of leaves, blank ones included: a power of two. */
  readonly leafCount: number;
  /** The encryption keys of all nodes. */
  readonly encryptionKeys: KeyIndex;
  /** The signature keys of all members. */
  readonly signatureKeys: KeyIndex;
}

/** A member and its place. */
export interface Member {
  readonly leafIndex: LeafIndex;
  readonly leaf: LeafNode;
}

/** A node of a filtered direct path, with the child that is not on the path. */
export interface PathStep {
  readonly node: NodeIndex;
  readonly copathChild: NodeIndex;
}

/** Returns a tree with one member. */
export function treeOf(leaf: LeafNode): RatchetTree {
  return {
    root: new LeafPlace(toNodeIndex(0), leaf),
    leafCount: 1,
    encryptionKeys: withKey(noKeys, leaf.encryptionKey),
    signatureKeys: withKey(noKeys, leaf.signatureKey),
  };
}

/** Returns the place of a node, undefined outside the tree. */
export function placeAt(tree: RatchetTree, node: NodeIndex): Place | undefined {
  if (node >= 2 * tree.leafCount - 1) return undefined;
  let place = tree.root;
  while (place.index !== node && place instanceof ParentPlace) place = node < place.index ? place.left : place.right;
  return place;
}

/** Returns a member's leaf, undefined when it is blank or outside the tree. */
export function leafAt(tree: RatchetTree, leaf: LeafIndex): LeafNode | undefined {
  const place = placeAt(tree, nodeOfLeaf(leaf));
  return place instanceof LeafPlace ? place.leaf : undefined;
}

/** Returns a parent, undefined when it is blank, a leaf or outside the tree. */
export function parentAt(tree: RatchetTree, node: NodeIndex): ParentNode | undefined {
  const place = placeAt(tree, node);
  return place instanceof ParentPlace ? place.parent : undefined;
}

/** Returns the encryption key of a node, undefined when it is blank or outside the tree. */
export function encryptionKeyAt(tree: RatchetTree, node: NodeIndex): Bytes | undefined {
  const place = placeAt(tree, node);
  return place instanceof ParentPlace ? place.parent?.encryptionKey : place?.leaf?.encryptionKey;
}

/** Returns the members by ascending leaf index. */
export function membersOf(tree: RatchetTree): readonly Member[] {
  const members: Member[] = [];
  const visit = (place: Place): void => {
    if (place.members === 0) return;
    if (place instanceof ParentPlace) {
      visit(place.left);
      visit(place.right);
    } else if (place.leaf !== undefined) members.push({ leafIndex: leafOfNode(place.index), leaf: place.leaf });
  };
  visit(tree.root);
  return members;
}

/** Returns the tree hash of the root (RFC 9420, section 7.8). */
export function treeHash(suite: CipherSuite, tree: RatchetTree): Bytes {
  return tree.root.hash(suite);
}

/** Returns the tree hash of a node, undefined outside the tree (RFC 9420, section 7.8). */
export function nodeHash(suite: CipherSuite, tree: RatchetTree, node: NodeIndex): Bytes | undefined {
  return placeAt(tree, node)?.hash(suite);
}

/** Returns the nodes that reach every member below `node`, none outside the tree (RFC 9420, section 4.1.1). */
export function resolution(tree: RatchetTree, node: NodeIndex): readonly NodeIndex[] {
  return placeAt(tree, node)?.resolution ?? [];
}

/** Returns the parents above a leaf, from the root down. */
export function parentsAbove(tree: RatchetTree, leaf: LeafIndex): readonly ParentPlace[] {
  const parents: ParentPlace[] = [];
  let place = tree.root;
  while (place instanceof ParentPlace) {
    parents.push(place);
    place = nodeOfLeaf(leaf) < place.index ? place.left : place.right;
  }
  return parents;
}

/** Returns the child of a parent that is not on the way down to `leaf`. */
function copathChildOf(parent: ParentPlace, leaf: LeafIndex): Place {
  return nodeOfLeaf(leaf) < parent.index ? parent.right : parent.left;
}

/**
 * Returns the direct path of a leaf, from the leaf up, without the nodes whose copath child has an empty resolution
 * (RFC 9420, section 4.1.2).
 */
export function filteredDirectPath(tree: RatchetTree, leaf: LeafIndex): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (const parent of parentsAbove(tree, leaf)) {
    const copath = copathChildOf(parent, leaf);
    if (copath.resolution.length > 0) steps.push({ node: parent.index, copathChild: copath.index });
  }
  return steps.reverse();
}

/**
 * Returns the leftmost blank leaf, in a tree of twice as many leaves when there is none (RFC 9420, sections 7.7 and
 * 12.1.1). Throws `tree_too_large`.
 */
export function openLeaf(tree: RatchetTree): { readonly tree: RatchetTree; readonly leafIndex: LeafIndex } {
  const open = tree.root.members < tree.leafCount ? tree : extended(tree);
  let place = open.root;
  while (place instanceof ParentPlace) {
    place = place.left.members < 1 << levelOf(place.left.index) ? place.left : place.right;
  }
  return { tree: open, leafIndex: leafOfNode(place.index) };
}

function extended(tree: RatchetTree): RatchetTree {
  const leafCount = 2 * tree.leafCount;
  if (leafCount > maximumLeaves) throw new MlsError('tree_too_large', 'The tree would have more than 65,536 leaves.');
  const right = blankPlace(toNodeIndex(rootOf(tree.leafCount) + leafCount));
  return { ...tree, root: new ParentPlace(rootOf(leafCount), undefined, tree.root, right), leafCount };
}

/**
 * Adds a member at the leftmost blank leaf and as unmerged to every parent above that is not blank (RFC 9420, section
 * 12.1.1).
 * Throws `tree_too_large`, `signature_key_not_unique`, `encryption_key_not_unique`, `credential_type_not_supported`,
 * `credential_in_use_not_supported`.
 */
export function addLeaf(
  tree: RatchetTree,
  leaf: LeafNode,
): { readonly tree: RatchetTree; readonly leafIndex: LeafIndex } {
  const { tree: open, leafIndex } = openLeaf(tree);
  const listed = (parent: ParentNode | undefined): ParentNode | undefined =>
    parent && { ...parent, unmergedLeaves: [...parent.unmergedLeaves, leafIndex].sort((a, b) => a - b) };
  const added = {
    ...withLeafKeys(open, leaf),
    root: rewritten(open.root, leafIndex, leaf, (place) => listed(place.parent)),
  };
  assertCredentials(added, leaf);
  return { tree: added, leafIndex };
}

/**
 * Removes a member, blanks the nodes above it and truncates the tree (RFC 9420, section 12.1.3).
 * Throws `removed_leaf_blank`.
 */
export function removeLeaf(tree: RatchetTree, leafIndex: LeafIndex): RatchetTree {
  if (leafAt(tree, leafIndex) === undefined) throw new MlsError('removed_leaf_blank', 'A Remove names a blank leaf.');
  return truncated(replaceLeaf(tree, leafIndex, undefined, () => undefined));
}

/**
 * Replaces a member's leaf and blanks the nodes above it (RFC 9420, section 12.1.2).
 * Throws `updated_leaf_blank`, `update_key_not_new`, `signature_key_not_unique`, `encryption_key_not_unique`,
 * `credential_type_not_supported`, `credential_in_use_not_supported`.
 */
export function updateLeaf(tree: RatchetTree, leafIndex: LeafIndex, leaf: LeafNode): RatchetTree {
  const replaced = leafAt(tree, leafIndex);
  if (replaced === undefined) throw new MlsError('updated_leaf_blank', 'An Update is for a blank leaf.');
  if (equalBytes(replaced.encryptionKey, leaf.encryptionKey)) {
    throw new MlsError('update_key_not_new', 'An Update has the encryption key of the leaf before it.');
  }
  return replaceLeaf(tree, leafIndex, leaf, () => undefined);
}

/**
 * Replaces a leaf, blank or not, and each parent above it by what `parentFor` gives.
 * Throws `signature_key_not_unique`, `encryption_key_not_unique`, `credential_type_not_supported`,
 * `credential_in_use_not_supported`.
 */
export function replaceLeaf(
  tree: RatchetTree,
  leafIndex: LeafIndex,
  leaf: LeafNode | undefined,
  parentFor: (place: ParentPlace) => ParentNode | undefined,
): RatchetTree {
  let { encryptionKeys, signatureKeys } = tree;
  const replaced = leafAt(tree, leafIndex);
  if (replaced !== undefined) {
    encryptionKeys = withoutKey(encryptionKeys, replaced.encryptionKey);
    signatureKeys = withoutKey(signatureKeys, replaced.signatureKey);
  }
  for (const { parent } of parentsAbove(tree, leafIndex)) {
    if (parent !== undefined) encryptionKeys = withoutKey(encryptionKeys, parent.encryptionKey);
  }
  const root = rewritten(tree.root, leafIndex, leaf, parentFor);
  const bare = { ...tree, root, encryptionKeys, signatureKeys };
  const filled = leaf === undefined ? bare : withLeafKeys(bare, leaf);
  encryptionKeys = filled.encryptionKeys;
  for (const { parent } of parentsAbove(bare, leafIndex)) {
    if (parent === undefined) continue;
    if (countOf(encryptionKeys, parent.encryptionKey) > 0) {
      throw new MlsError('encryption_key_not_unique', 'A parent has the encryption key of another node.');
    }
    encryptionKeys = withKey(encryptionKeys, parent.encryptionKey);
  }
  const done = { ...filled, encryptionKeys };
  if (leaf !== undefined) assertCredentials(done, leaf);
  return done;
}

function withLeafKeys(tree: RatchetTree, leaf: LeafNode): RatchetTree {
  if (countOf(tree.signatureKeys, leaf.signatureKey) > 0) {
    throw new MlsError('signature_key_not_unique', 'Two members have one signature key.');
  }
  if (countOf(tree.encryptionKeys, leaf.encryptionKey) > 0) {
    throw new MlsError('encryption_key_not_unique', 'A member has the encryption key of another node.');
  }
  return {
    ...tree,
    encryptionKeys: withKey(tree.encryptionKeys, leaf.encryptionKey),
    signatureKeys: withKey(tree.signatureKeys, leaf.signatureKey),
  };
}

/** Throws unless the members' credentials and capabilities fit together, now that `leaf` is among them. */
function assertCredentials(tree: RatchetTree, leaf: LeafNode): void {
  const { used, supported } = tree.root.credentials;
  if ((used & ~supported) === 0) return;
  const own = new LeafPlace(toNodeIndex(0), leaf).credentials;
  if ((used & ~own.supported) !== 0) {
    throw new MlsError('credential_in_use_not_supported', 'A leaf does not support a credential type in use.');
  }
  throw new MlsError('credential_type_not_supported', 'A member does not support the credential type of a leaf.');
}

function rewritten(
  place: Place,
  leafIndex: LeafIndex,
  leaf: LeafNode | undefined,
  parentFor: (place: ParentPlace) => ParentNode | undefined,
): Place {
  if (place instanceof LeafPlace) return new LeafPlace(place.index, leaf);
  const isLeft = nodeOfLeaf(leafIndex) < place.index;
  const left = isLeft ? rewritten(place.left, leafIndex, leaf, parentFor) : place.left;
  const right = isLeft ? place.right : rewritten(place.right, leafIndex, leaf, parentFor);
  return new ParentPlace(place.index, parentFor(place), left, right);
}

function truncated(tree: RatchetTree): RatchetTree {
  let { root, leafCount } = tree;
  while (root instanceof ParentPlace && root.right.members === 0) {
    root = root.left;
    leafCount /= 2;
  }
  return { ...tree, root, leafCount };
}
