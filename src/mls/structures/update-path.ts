import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { type HpkeCiphertext, readHpkeCiphertext, writeHpkeCiphertext } from './hpke-ciphertext.ts';
import { type LeafNode, readLeafNode, writeLeafNode } from './leaf-node.ts';

/** The new key of one node of a path, and its secret for every node of the copath's resolution (RFC 9420, section 7.6). */
interface UpdatePathNode {
  readonly encryptionKey: Bytes;
  readonly encryptedPathSecret: readonly HpkeCiphertext[];
}

/** New keys from a leaf to the root (RFC 9420, section 7.6). */
export interface UpdatePath {
  readonly leafNode: LeafNode;
  readonly nodes: readonly UpdatePathNode[];
}

/** Writes an UpdatePath. */
export function writeUpdatePath(writer: Writer, path: UpdatePath): void {
  writeLeafNode(writer, path.leafNode);
  writer.vector(path.nodes, (inner, node) => {
    inner.opaque(node.encryptionKey);
    inner.vector(node.encryptedPathSecret, writeHpkeCiphertext);
  });
}

/** Reads an UpdatePath. */
export function readUpdatePath(reader: Reader): UpdatePath {
  return {
    leafNode: readLeafNode(reader),
    nodes: reader.vector((inner) => ({
      encryptionKey: inner.opaque(),
      encryptedPathSecret: inner.vector(readHpkeCiphertext),
    })),
  };
}
