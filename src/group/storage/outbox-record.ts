import type { Reader } from '../../mls/codec/reader.ts';
import { encode, type Writer } from '../../mls/codec/writer.ts';
import { toLeafIndex } from '../../mls/indices.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { OwnLeave, OwnMessage } from '../member/own-entries.ts';
import { isMessageId } from '../payload/message-id.ts';
import { readEntry, writeEntry } from './entry-record.ts';
import { readHex, readRecord, readUpTo, recordVersion, unreadable, writeHex } from './record.ts';

/** What waits in a group's outbox beside a commit. */
export type OutboxRecord =
  | { readonly kind: 'message'; readonly message: OwnMessage }
  | { readonly kind: 'leave'; readonly leave: OwnLeave };

/** Returns the record of a message that waits. */
export function encodeOwnMessage(message: OwnMessage): Bytes {
  return encode((writer: Writer, value: OwnMessage) => {
    writer.u8(recordVersion);
    writer.u8(0);
    writeEntry(writer, value);
    writeHex(writer, value.messageId);
  }, message);
}

/** Returns the record of a proposal to leave that waits. */
export function encodeOwnLeave(leave: OwnLeave): Bytes {
  return encode((writer: Writer, value: OwnLeave) => {
    writer.u8(recordVersion);
    writer.u8(1);
    writeEntry(writer, value);
    writer.opaque(value.madeIn);
    writer.u32(value.leaf);
    writer.opaque(value.reference);
  }, leave);
}

/** Reads what the two functions before this gave. Throws `storage_failed`. */
export function decodeOutbox(bytes: Bytes): OutboxRecord {
  return readRecord(bytes, (reader) => (readUpTo(reader, 1) === 0 ? ownMessage(reader) : ownLeave(reader)));
}

function ownMessage(reader: Reader): OutboxRecord {
  const named = readEntry(reader);
  const messageId = readHex(reader, 16);
  if (!isMessageId(messageId)) throw unreadable();
  return { kind: 'message', message: { ...named, messageId } };
}

function ownLeave(reader: Reader): OutboxRecord {
  const named = readEntry(reader);
  const madeIn = reader.opaque();
  const leaf = toLeafIndex(reader.u32());
  return { kind: 'leave', leave: { ...named, madeIn, leaf, reference: reader.opaque() } };
}
