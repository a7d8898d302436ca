import type { Bytes } from '../bytes.ts';
import { decode, type Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { type Credential, readCredential, writeCredential } from './credential.ts';

/** Somebody outside the group that may propose changes to it (RFC 9420, section 12.1.8.1). */
export interface ExternalSender {
  readonly signatureKey: Bytes;
  readonly credential: Credential;
}

function writeExternalSender(writer: Writer, sender: ExternalSender): void {
  writer.opaque(sender.signatureKey);
  writeCredential(writer, sender.credential);
}

function readExternalSender(reader: Reader): ExternalSender {
  return { signatureKey: reader.opaque(), credential: readCredential(reader) };
}

/** Returns the data of an `external_senders` extension. */
export function encodeExternalSenders(senders: readonly ExternalSender[]): Bytes {
  return encode((writer, value) => writer.vector(value, writeExternalSender), senders);
}

/** Reads the data of an `external_senders` extension. Throws the codes of the decoder. */
export function decodeExternalSenders(data: Uint8Array): readonly ExternalSender[] {
  return decode((reader) => reader.vector(readExternalSender), data);
}
