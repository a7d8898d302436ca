import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { type LeafIndex, toLeafIndex } from '../indices.ts';

/** A node above the leaves (RFC 9420, section 7.1). */
export interface ParentNode {
  readonly encryptionKey: Bytes;
  readonly parentHash: Bytes;
  /** Sorted. */
  readonly unmergedLeaves: readonly LeafIndex[];
}

/** Writes a ParentNode. */
export function writeParentNode(writer: Writer, node: ParentNode): void {
  writer.opaque(node.encryptionKey);
  writer.opaque(node.parentHash);
  writer.vector(node.unmergedLeaves, (inner, leaf) => inner.u32(leaf));
}

/** Reads a ParentNode. That its unmerged leaves are sorted and are leaves below it is checked with the tree. */
export function readParentNode(reader: Reader): ParentNode {
  return {
    encryptionKey: reader.opaque(),
    parentHash: reader.opaque(),
    unmergedLeaves: reader.numbers(4).map(toLeafIndex),
  };
}
