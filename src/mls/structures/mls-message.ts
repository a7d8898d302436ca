import type { Bytes } from '../bytes.ts';
import { decode, Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';
import { mls10, nameOf, readVersion, wireFormats } from './enumerations.ts';
import { type GroupInfo, readGroupInfo, writeGroupInfo } from './group-info.ts';
import { type KeyPackage, readKeyPackage, writeKeyPackage } from './key-package.ts';
import {
  type PrivateMessage,
  type PrivateMessageHead,
  readHead,
  readPrivateMessage,
  writePrivateMessage,
} from './private-message.ts';
import { type PublicMessage, readPublicMessage, writePublicMessage } from './public-message.ts';
import { readWelcome, type Welcome, writeWelcome } from './welcome.ts';

/** Anything that is sent (RFC 9420, section 6). */
export type MlsMessage =
  | { readonly wireFormat: 'mls_public_message'; readonly publicMessage: PublicMessage }
  | { readonly wireFormat: 'mls_private_message'; readonly privateMessage: PrivateMessage }
  | { readonly wireFormat: 'mls_welcome'; readonly welcome: Welcome }
  | { readonly wireFormat: 'mls_group_info'; readonly groupInfo: GroupInfo }
  | { readonly wireFormat: 'mls_key_package'; readonly keyPackage: KeyPackage };

function writeMlsMessage(writer: Writer, message: MlsMessage): void {
  writer.u16(mls10);
  writer.u16(wireFormats[message.wireFormat]);
  switch (message.wireFormat) {
    case 'mls_public_message':
      writePublicMessage(writer, message.publicMessage);
      break;
    case 'mls_private_message':
      writePrivateMessage(writer, message.privateMessage);
      break;
    case 'mls_welcome':
      writeWelcome(writer, message.welcome);
      break;
    case 'mls_group_info':
      writeGroupInfo(writer, message.groupInfo);
      break;
    case 'mls_key_package':
      writeKeyPackage(writer, message.keyPackage);
      break;
  }
}

function readMlsMessage(reader: Reader): MlsMessage {
  readVersion(reader);
  const wireFormat = nameOf(wireFormats, reader.u16());
  switch (wireFormat) {
    case 'mls_public_message':
      return { wireFormat, publicMessage: readPublicMessage(reader) };
    case 'mls_private_message':
      return { wireFormat, privateMessage: readPrivateMessage(reader) };
    case 'mls_welcome':
      return { wireFormat, welcome: readWelcome(reader) };
    case 'mls_group_info':
      return { wireFormat, groupInfo: readGroupInfo(reader) };
    case 'mls_key_package':
      return { wireFormat, keyPackage: readKeyPackage(reader) };
  }
}

/** Returns the bytes of a message. */
export function encodeMlsMessage(message: MlsMessage): Bytes {
  return encode(writeMlsMessage, message);
}

/** Reads a message, strictly. Throws the codes of `codec-codes.ts` and `structure-codes.ts`. */
export function decodeMlsMessage(bytes: Uint8Array): MlsMessage {
  return decode(readMlsMessage, bytes);
}

/**
 * Reads the clear head of a PrivateMessage, for who orders messages and cannot open them; what is encrypted is measured and not kept.
 * Throws `not_a_private_message` for any other message, and the codes of the codec.
 */
export function decodePrivateMessageHead(bytes: Uint8Array): PrivateMessageHead {
  const reader = new Reader(bytes);
  readVersion(reader);
  if (reader.u16() !== wireFormats.mls_private_message) {
    throw new MlsError('not_a_private_message', 'The message is not a PrivateMessage.');
  }
  const head = readHead(reader);
  reader.opaque();
  const length = reader.vectorLength();
  if (length > reader.remaining) throw new MlsError('truncated', 'The bytes end before the structure does.');
  if (length < reader.remaining)
    throw new MlsError('trailing_bytes', 'Bytes are left behind the end of the structure.');
  return head;
}
