import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { mls10, readVersion } from './enumerations.ts';
import { type Extension, readExtensions, writeExtensions } from './extension.ts';

/** What all members of an epoch agree on (RFC 9420, section 8.1). */
export interface GroupContext {
  readonly cipherSuite: number;
  readonly groupId: Bytes;
  readonly epoch: bigint;
  readonly treeHash: Bytes;
  readonly confirmedTranscriptHash: Bytes;
  readonly extensions: readonly Extension[];
}

/** Writes a GroupContext. */
export function writeGroupContext(writer: Writer, context: GroupContext): void {
  writer.u16(mls10);
  writer.u16(context.cipherSuite);
  writer.opaque(context.groupId);
  writer.u64(context.epoch);
  writer.opaque(context.treeHash);
  writer.opaque(context.confirmedTranscriptHash);
  writeExtensions(writer, context.extensions);
}

/** Reads a GroupContext. Throws `unsupported_version`. */
export function readGroupContext(reader: Reader): GroupContext {
  readVersion(reader);
  return {
    cipherSuite: reader.u16(),
    groupId: reader.opaque(),
    epoch: reader.u64(),
    treeHash: reader.opaque(),
    confirmedTranscriptHash: reader.opaque(),
    extensions: readExtensions(reader),
  };
}

/** Returns the encoding of a GroupContext. */
export function encodeGroupContext(context: GroupContext): Bytes {
  return encode(writeGroupContext, context);
}
