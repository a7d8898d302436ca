import type { Bytes } from '../bytes.ts';
import { decodeOwn, type Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, maximumLeaves } from '../indices.ts';
import { readRatchet, writeRatchet } from './ratchet.ts';
import { type OpenedLeaf, openedLeafAt, type SecretNode, withLeaf } from './secret-node.ts';
import type { SecretTree } from './secret-tree.ts';

const formatVersion = 1;
const kinds = { closed: 0, parent: 1, leaf: 2 } as const;

/**
 * Returns the tree as bytes, which hold its secrets. Stored in place of the bytes of the tree before, when an epoch begins
 * and whenever a leaf is opened: what the older bytes hold gives away the keys of that leaf.
 */
export function encodeSecretTree(tree: SecretTree): Bytes {
  return encode((writer: Writer, value: SecretTree) => {
    writer.u8(formatVersion);
    writer.u32(value.leafCount);
    writeNode(writer, value.root);
  }, tree);
}

/** Returns the tree that `encodeSecretTree` wrote, its secrets in buffers of their own. Throws `invalid_secret_tree` and what the codec throws. */
export function decodeSecretTree(bytes: Bytes): SecretTree {
  return decodeOwn((reader: Reader) => {
    if (reader.u8() !== formatVersion) throw invalid('The stored secret tree is of another format.');
    const leafCount = reader.u32();
    const isPowerOfTwo = leafCount > 0 && Number.isInteger(Math.log2(leafCount));
    if (!isPowerOfTwo || leafCount > maximumLeaves) throw invalid('The stored secret tree has no width of a tree.');
    return { leafCount, root: readNode(reader, leafCount) };
  }, bytes);
}

/** Returns the two ratchets of a leaf as bytes: all that a message changes once its leaf is opened. Throws `invalid_secret_tree`. */
export function encodeRatchets(tree: SecretTree, leaf: LeafIndex): Bytes {
  const opened = openedLeafAt(tree.root, tree.leafCount, leaf);
  if (opened === undefined) throw invalid('The leaf has no ratchets yet.');
  return encode(writeLeaf, opened);
}

/** Returns the tree with the ratchets that `encodeRatchets` wrote, in which the leaf is opened. Throws `invalid_secret_tree` and what the codec throws. */
export function withRatchets(tree: SecretTree, leaf: LeafIndex, bytes: Bytes): SecretTree {
  if (openedLeafAt(tree.root, tree.leafCount, leaf) === undefined) {
    throw invalid('The stored tree is from before the leaf was opened.');
  }
  return { ...tree, root: withLeaf(tree.root, tree.leafCount, leaf, decodeOwn(readLeaf, bytes)) };
}

function writeNode(writer: Writer, node: SecretNode): void {
  writer.u8(kinds[node.kind]);
  if (node.kind === 'closed') {
    writer.opaque(node.secret);
  } else if (node.kind === 'leaf') {
    writeLeaf(writer, node);
  } else {
    writeNode(writer, node.left);
    writeNode(writer, node.right);
  }
}

function readNode(reader: Reader, width: number): SecretNode {
  const kind = reader.u8();
  if (kind === kinds.closed) return { kind: 'closed', secret: reader.opaque() };
  if (kind === kinds.leaf && width === 1) return readLeaf(reader);
  if (kind === kinds.parent && width > 1) {
    return { kind: 'parent', left: readNode(reader, width / 2), right: readNode(reader, width / 2) };
  }
  throw invalid('The stored secret tree has a node where none of its kind can be.');
}

function writeLeaf(writer: Writer, leaf: OpenedLeaf): void {
  writeRatchet(writer, leaf.handshake);
  writeRatchet(writer, leaf.application);
}

function readLeaf(reader: Reader): OpenedLeaf {
  return { kind: 'leaf', handshake: readRatchet(reader), application: readRatchet(reader) };
}

function invalid(detail: string): MlsError {
  return new MlsError('invalid_secret_tree', detail);
}
