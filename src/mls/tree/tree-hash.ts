import type { Bytes } from '../bytes.ts';
import { Writer } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import type { LeafIndex } from '../indices.ts';
import { type LeafNode, writeLeafNode } from '../structures/leaf-node.ts';
import { type ParentNode, writeParentNode } from '../structures/parent-node.ts';

const nodeTypes = { leaf: 1, parent: 2 } as const;

/** Returns the hash of the TreeHashInput of a leaf (RFC 9420, section 7.8). */
export function leafTreeHash(suite: CipherSuite, index: LeafIndex, leaf: LeafNode | undefined): Bytes {
  const writer = new Writer();
  writer.u8(nodeTypes.leaf);
  writer.u32(index);
  writer.optional(leaf, writeLeafNode);
  return suite.hash(writer.finish());
}

/** Returns the hash of the TreeHashInput of a parent (RFC 9420, section 7.8). */
export function parentTreeHash(suite: CipherSuite, parent: ParentNode | undefined, left: Bytes, right: Bytes): Bytes {
  const writer = new Writer();
  writer.u8(nodeTypes.parent);
  writer.optional(parent, writeParentNode);
  writer.opaque(left);
  writer.opaque(right);
  return suite.hash(writer.finish());
}
