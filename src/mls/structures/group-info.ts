import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { type LeafIndex, toLeafIndex } from '../indices.ts';
import { type Extension, readExtensions, writeExtensions } from './extension.ts';
import { type GroupContext, readGroupContext, writeGroupContext } from './group-context.ts';

/** A GroupInfo before it is signed. */
export interface UnsignedGroupInfo {
  readonly groupContext: GroupContext;
  readonly extensions: readonly Extension[];
  readonly confirmationTag: Bytes;
  readonly signer: LeafIndex;
}

/** What a joiner must know of a group (RFC 9420, section 12.4.3). */
export interface GroupInfo extends UnsignedGroupInfo {
  readonly signature: Bytes;
}

function writeUnsigned(writer: Writer, info: UnsignedGroupInfo): void {
  writeGroupContext(writer, info.groupContext);
  writeExtensions(writer, info.extensions);
  writer.opaque(info.confirmationTag);
  writer.u32(info.signer);
}

/** Writes a GroupInfo. */
export function writeGroupInfo(writer: Writer, info: GroupInfo): void {
  writeUnsigned(writer, info);
  writer.opaque(info.signature);
}

/** Reads a GroupInfo. */
export function readGroupInfo(reader: Reader): GroupInfo {
  return {
    groupContext: readGroupContext(reader),
    extensions: readExtensions(reader),
    confirmationTag: reader.opaque(),
    signer: toLeafIndex(reader.u32()),
    signature: reader.opaque(),
  };
}

/** Returns GroupInfoTBS, what a GroupInfo's signature is over. */
export function groupInfoToBeSigned(info: UnsignedGroupInfo): Bytes {
  return encode(writeUnsigned, info);
}
