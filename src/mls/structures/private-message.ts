import type { Bytes } from '../bytes.ts';
import { decode, type Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, toLeafIndex } from '../indices.ts';
import { type FramedContentAuthData, readAuthData, writeAuthData } from './authenticated-content.ts';
import { type ContentType, contentTypes, nameOf } from './enumerations.ts';
import { type Content, readContentBody, writeContentBody } from './framed-content.ts';

/** The clear head of a PrivateMessage: what the service that orders messages sees. */
export interface PrivateMessageHead {
  readonly groupId: Bytes;
  readonly epoch: bigint;
  readonly contentType: ContentType;
  readonly authenticatedData: Bytes;
}

/** A content that is signed and encrypted (RFC 9420, section 6.3). */
export interface PrivateMessage extends PrivateMessageHead {
  readonly encryptedSenderData: Bytes;
  readonly ciphertext: Bytes;
}

/** Writes a PrivateMessage. */
export function writePrivateMessage(writer: Writer, message: PrivateMessage): void {
  writeHead(writer, message);
  writer.opaque(message.encryptedSenderData);
  writer.opaque(message.ciphertext);
}

function writeHead(writer: Writer, head: PrivateMessageHead): void {
  writer.opaque(head.groupId);
  writer.u64(head.epoch);
  writer.u8(contentTypes[head.contentType]);
  writer.opaque(head.authenticatedData);
}

/** Reads a PrivateMessage. */
export function readPrivateMessage(reader: Reader): PrivateMessage {
  return { ...readHead(reader), encryptedSenderData: reader.opaqueView(), ciphertext: reader.opaqueView() };
}

/** Reads the clear head of a PrivateMessage. */
export function readHead(reader: Reader): PrivateMessageHead {
  return {
    groupId: reader.opaque(),
    epoch: reader.u64(),
    contentType: nameOf(contentTypes, reader.u8()),
    authenticatedData: reader.opaque(),
  };
}

/** Returns PrivateContentAAD (section 6.3.1). */
export function privateContentAad(head: PrivateMessageHead): Bytes {
  return encode(writeHead, head);
}

/** Returns SenderDataAAD (section 6.3.2). */
export function senderDataAad(head: PrivateMessageHead): Bytes {
  return encode((writer, value) => {
    writer.opaque(value.groupId);
    writer.u64(value.epoch);
    writer.u8(contentTypes[value.contentType]);
  }, head);
}

/** Which key of which sender a PrivateMessage is encrypted with (RFC 9420, section 6.3.2). */
export interface SenderData {
  readonly leafIndex: LeafIndex;
  readonly generation: number;
  /** 4 random bytes. */
  readonly reuseGuard: Bytes;
}

/** Returns the encoding of SenderData: 12 bytes. */
export function encodeSenderData(data: SenderData): Bytes {
  return encode((writer, value) => {
    writer.u32(value.leafIndex);
    writer.u32(value.generation);
    writer.fixed(value.reuseGuard);
  }, data);
}

/** Reads SenderData. */
export function decodeSenderData(bytes: Uint8Array): SenderData {
  return decode(
    (reader) => ({ leafIndex: toLeafIndex(reader.u32()), generation: reader.u32(), reuseGuard: reader.fixed(4) }),
    bytes,
  );
}

/** What is inside the ciphertext (RFC 9420, section 6.3.1). */
export interface PrivateMessageContent {
  readonly content: Content;
  readonly auth: FramedContentAuthData;
}

/** Returns the encoding of a PrivateMessageContent with so many zeros behind it. */
export function encodePrivateMessageContent(inner: PrivateMessageContent, padding: number): Bytes {
  return encode((writer, value) => {
    writeContentBody(writer, value.content);
    writeAuthData(writer, value.auth, value.content.type);
    writer.fixed(new Uint8Array(padding));
  }, inner);
}

/** Reads a PrivateMessageContent of a type that is known. Throws `nonzero_padding`. */
export function decodePrivateMessageContent(bytes: Uint8Array, type: ContentType): PrivateMessageContent {
  return decode((reader) => {
    const content = readContentBody(reader, type);
    const auth = readAuthData(reader, type);
    if (!reader.zeros()) throw new MlsError('nonzero_padding', 'The padding holds a byte that is not zero.');
    return { content, auth };
  }, bytes);
}
