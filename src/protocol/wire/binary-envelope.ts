import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { limits } from '../limits.ts';
import { writeUtf8 } from '../scratch-buffer.ts';
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
  return new BinaryEnvelopeDraft(headerJcs(header), sealed).signed(signature);
}

/** A binary envelope that is not signed yet. Its ciphertext is copied once: it is hashed where it lies. */
export class BinaryEnvelopeDraft {
  readonly #iv: Bytes;
  readonly #tag: Bytes;
  /** The envelope, and room for the tag behind it. */
  readonly #bytes: Bytes;
  readonly #signature: number;
  readonly #ciphertext: number;

  constructor(headerText: string, { iv, ciphertext, tag }: Envelope['encrypted_payload']) {
    this.#iv = iv;
    this.#tag = tag;
    this.#signature = lengthBytes + headerText.length;
    this.#ciphertext = this.#signature + afterHeader;
    this.#bytes = new Uint8Array(this.#ciphertext + ciphertext.length + tagBytes);
    this.#bytes[0] = headerText.length >> 8;
    this.#bytes[1] = headerText.length & 0xff;
    writeUtf8(headerText, this.#bytes.subarray(lengthBytes, this.#signature));
    this.#bytes.set(ciphertext, this.#ciphertext);
  }

  /** Returns `iv || ciphertext || tag`, whose hash is signed: a view that is good until `signed` is called. */
  covered(): Bytes {
    this.#bytes.set(this.#iv, this.#ciphertext - ivBytes);
    this.#bytes.set(this.#tag, this.#bytes.length - tagBytes);
    return this.#bytes.subarray(this.#ciphertext - ivBytes);
  }

  /** Returns the envelope with its signature. */
  signed(signature: Bytes): Bytes {
    this.#bytes.set(signature, this.#signature);
    this.#bytes.set(this.#iv, this.#signature + signatureBytes);
    this.#bytes.set(this.#tag, this.#ciphertext - tagBytes);
    return this.#bytes.subarray(0, this.#bytes.length - tagBytes);
  }
}
