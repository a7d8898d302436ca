import { decode, type Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';
import { maximumLeaves } from '../indices.ts';
import { nameOf } from './enumerations.ts';
import { type LeafNode, readLeafNode, writeLeafNode } from './leaf-node.ts';
import { type ParentNode, readParentNode, writeParentNode } from './parent-node.ts';

/** A node of the tree that is not blank (RFC 9420, section 12.4.3.3). */
export type Node =
  | { readonly type: 'leaf'; readonly leaf: LeafNode }
  | { readonly type: 'parent'; readonly parent: ParentNode };

/** The nodes of a tree in the order of their index, undefined for a blank one, without the blank ones at the right end. */
export type NodeList = readonly (Node | undefined)[];

const nodeTypes = { leaf: 1, parent: 2 } as const;

function writeNode(writer: Writer, node: Node): void {
  writer.u8(nodeTypes[node.type]);
  if (node.type === 'leaf') writeLeafNode(writer, node.leaf);
  else writeParentNode(writer, node.parent);
}

function readNode(reader: Reader): Node {
  const type = nameOf(nodeTypes, reader.u8());
  return type === 'leaf' ? { type, leaf: readLeafNode(reader) } : { type, parent: readParentNode(reader) };
}

/** Writes `optional<Node> ratchet_tree<V>`. */
export function writeNodeList(writer: Writer, nodes: NodeList): void {
  writer.vector(nodes, (inner, node) => inner.optional(node, writeNode));
}

/** Reads `optional<Node> ratchet_tree<V>`. What the list must be beyond its encoding is checked with the tree. Throws `tree_too_large`. */
export function readNodeList(reader: Reader): NodeList {
  let count = 0;
  return reader.vector((inner) => {
    if (++count > 2 * maximumLeaves - 1) throw new MlsError('tree_too_large', 'The tree has more than 65,536 leaves.');
    return inner.optional(readNode);
  });
}

/** Reads the data of a `ratchet_tree` extension, or a tree that came by another way. */
export function decodeNodeList(data: Uint8Array): NodeList {
  return decode(readNodeList, data);
}
