import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { mls10, readVersion } from './enumerations.ts';
import { type Extension, readExtensions, writeExtensions } from './extension.ts';
import { type LeafNode, readLeafNode, writeLeafNode } from './leaf-node.ts';

/** A KeyPackage before it is signed. */
export interface UnsignedKeyPackage {
  readonly cipherSuite: number;
  readonly initKey: Bytes;
  readonly leafNode: LeafNode;
  readonly extensions: readonly Extension[];
}

/** What lets a client be added without being asked (RFC 9420, section 10). */
export interface KeyPackage extends UnsignedKeyPackage {
  readonly signature: Bytes;
}

function writeUnsigned(writer: Writer, keyPackage: UnsignedKeyPackage): void {
  writer.u16(mls10);
  writer.u16(keyPackage.cipherSuite);
  writer.opaque(keyPackage.initKey);
  writeLeafNode(writer, keyPackage.leafNode);
  writeExtensions(writer, keyPackage.extensions);
}

/** Writes a KeyPackage. */
export function writeKeyPackage(writer: Writer, keyPackage: KeyPackage): void {
  writeUnsigned(writer, keyPackage);
  writer.opaque(keyPackage.signature);
}

/** Reads a KeyPackage. Throws `unsupported_version`. */
export function readKeyPackage(reader: Reader): KeyPackage {
  readVersion(reader);
  return {
    cipherSuite: reader.u16(),
    initKey: reader.opaque(),
    leafNode: readLeafNode(reader),
    extensions: readExtensions(reader),
    signature: reader.opaque(),
  };
}

/** Returns KeyPackageTBS, what a KeyPackage's signature is over. */
export function keyPackageToBeSigned(keyPackage: UnsignedKeyPackage): Bytes {
  return encode(writeUnsigned, keyPackage);
}
