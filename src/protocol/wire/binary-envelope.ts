import { type Bytes, concat } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Envelope } from './envelope.ts';
import { headerJcs, readHeaderJcs } from './envelope-header.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lengthBytes = 2;
const signatureBytes = 64;
const ivBytes = 12;
const tagBytes = 16;
const afterHeader = signatureBytes + ivBytes + tagBytes;

/** Where the parts of a binary envelope lie in its bytes: each begins where the one before it ends. */
export interface BinaryEnvelopeParts {
  readonly header: Bytes;
  readonly signature: Bytes;
  readonly iv: Bytes;
  readonly tag: Bytes;
  /** As far as there are bytes: what is read may be the beginning of an envelope alone. */
  readonly ciphertext: Bytes;
}

/** Returns the parts of a binary envelope, as views of `bytes` (protocol page, section 4.1); undefined for bytes that end before its ciphertext. */
export function splitBinaryEnvelope(bytes: Bytes): BinaryEnvelopeParts | undefined {
  if (bytes.length < lengthBytes) return undefined;
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (length > limits.envelopeHeader || bytes.length < lengthBytes + length + afterHeader) return undefined;
  const signature = lengthBytes + length;
  const iv = signature + signatureBytes;
  const tag = iv + ivBytes;
  const ciphertext = tag + tagBytes;
  return {
    header: bytes.subarray(lengthBytes, signature),
    signature: bytes.subarray(signature, iv),
    iv: bytes.subarray(iv, tag),
    tag: bytes.subarray(tag, ciphertext),
    ciphertext: bytes.subarray(ciphertext),
  };
}

/**
 * Reads a binary envelope (protocol page, section 4.1); its bytes are views of `bytes`. Throws `message_too_large` over 24 MiB, else
 * `malformed_message`, also for a header that is JSON but not the canonical JSON of one.
 */
export function readBinaryEnvelope(bytes: Bytes): Envelope {
  if (bytes.length > limits.messageBody) {
    throw new ParleyError('message_too_large', `The body may have at most ${limits.messageBody} bytes.`);
  }
  const parts = splitBinaryEnvelope(bytes);
  if (parts === undefined) throw malformed(undefined);
  const { header, signature, iv, tag, ciphertext } = parts;
  return { ...readHeaderJcs(textOf(header)), signature, encrypted_payload: { iv, ciphertext, tag } };
}

function textOf(header: Bytes): string {
  try {
    return decoder.decode(header);
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause: unknown): ParleyError {
  return new ParleyError('malformed_message', 'The body is not a binary envelope.', { cause });
}

/** Writes an envelope as bytes (protocol page, section 4.1). */
export function encodeBinaryEnvelope({ signature, encrypted_payload: sealed, ...header }: Envelope): Bytes {
  const text = new TextEncoder().encode(headerJcs(header));
  const length = Uint8Array.of(text.length >> 8, text.length & 0xff);
  return concat(length, text, signature, sealed.iv, sealed.tag, sealed.ciphertext);
}
