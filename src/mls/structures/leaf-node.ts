import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import type { LeafIndex } from '../indices.ts';
import { type Capabilities, readCapabilities, writeCapabilities } from './capabilities.ts';
import { type Credential, readCredential, writeCredential } from './credential.ts';
import { nameOf } from './enumerations.ts';
import { type Extension, readExtensions, writeExtensions } from './extension.ts';

/** The time in which a KeyPackage may be used, in Unix seconds (RFC 9420, section 7.2). */
export interface Lifetime {
  readonly notBefore: bigint;
  readonly notAfter: bigint;
}

/** Where a leaf came from, with what only that origin has. */
export type LeafNodeSource =
  | { readonly type: 'key_package'; readonly lifetime: Lifetime }
  | { readonly type: 'update' }
  | { readonly type: 'commit'; readonly parentHash: Bytes };

/** A member's leaf before it is signed. */
export interface UnsignedLeafNode {
  readonly encryptionKey: Bytes;
  readonly signatureKey: Bytes;
  readonly credential: Credential;
  readonly capabilities: Capabilities;
  readonly source: LeafNodeSource;
  readonly extensions: readonly Extension[];
}

/** A member's leaf (RFC 9420, section 7.2). */
export interface LeafNode extends UnsignedLeafNode {
  readonly signature: Bytes;
}

const leafNodeSources = { key_package: 1, update: 2, commit: 3 } as const;

function writeUnsigned(writer: Writer, leaf: UnsignedLeafNode): void {
  writer.opaque(leaf.encryptionKey);
  writer.opaque(leaf.signatureKey);
  writeCredential(writer, leaf.credential);
  writeCapabilities(writer, leaf.capabilities);
  writer.u8(leafNodeSources[leaf.source.type]);
  if (leaf.source.type === 'key_package') {
    writer.u64(leaf.source.lifetime.notBefore);
    writer.u64(leaf.source.lifetime.notAfter);
  } else if (leaf.source.type === 'commit') {
    writer.opaque(leaf.source.parentHash);
  }
  writeExtensions(writer, leaf.extensions);
}

/** Writes a LeafNode. */
export function writeLeafNode(writer: Writer, leaf: LeafNode): void {
  writeUnsigned(writer, leaf);
  writer.opaque(leaf.signature);
}

/** Reads a LeafNode. */
export function readLeafNode(reader: Reader): LeafNode {
  return {
    encryptionKey: reader.opaque(),
    signatureKey: reader.opaque(),
    credential: readCredential(reader),
    capabilities: readCapabilities(reader),
    source: readSource(reader),
    extensions: readExtensions(reader),
    signature: reader.opaque(),
  };
}

function readSource(reader: Reader): LeafNodeSource {
  const type = nameOf(leafNodeSources, reader.u8());
  if (type === 'key_package') return { type, lifetime: { notBefore: reader.u64(), notAfter: reader.u64() } };
  if (type === 'commit') return { type, parentHash: reader.opaque() };
  return { type };
}

/** Returns LeafNodeTBS, what the leaf's signature is over; `place` does not count for a leaf of a KeyPackage. */
export function leafNodeToBeSigned(
  leaf: UnsignedLeafNode,
  place: { readonly groupId: Bytes; readonly leafIndex: LeafIndex },
): Bytes {
  return encode((writer, value) => {
    writeUnsigned(writer, value);
    if (value.source.type === 'key_package') return;
    writer.opaque(place.groupId);
    writer.u32(place.leafIndex);
  }, leaf);
}
