import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';

declare global {
  interface Uint8Array {
    toBase64?(): string;
    setFromBase64?(text: string, options: { lastChunkHandling: 'strict' }): { read: number; written: number };
  }
}

const chunk = 0x8000;
/** Node's own, where the language's methods are not there yet: some fifty times faster than `btoa`. */
const nodeBuffer = typeof Buffer === 'undefined' ? undefined : Buffer;

/** Encodes base64: RFC 4648, section 4, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  if (bytes.toBase64 !== undefined) return bytes.toBase64();
  if (nodeBuffer !== undefined) {
    return nodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  }
  let binary = '';
  for (let offset = 0; offset < bytes.length; offset += chunk) {
    binary += String.fromCharCode(...bytes.subarray(offset, offset + chunk));
  }
  return btoa(binary);
}

/**
 * Decodes strict base64 of RFC 4648, section 4: white space, missing padding and non-zero trailing bits are refused,
 * so every byte string has one encoding (protocol page, section 1). Throws `malformed_message`.
 */
export function decodeBase64(text: string): Bytes {
  const bytes = decodeIfBase64(text);
  if (bytes === undefined) {
    throw new ParleyError('malformed_message', 'A member is not canonical base64 (RFC 4648, section 4, padded).');
  }
  return bytes;
}

/** Returns the bytes of text that `decodeBase64` accepts; undefined for any other. */
export function decodeIfBase64(text: string): Bytes | undefined {
  return text.length % 4 === 0 ? decodeCanonical(text) : undefined;
}

function decodeCanonical(text: string): Bytes | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = (3 * text.length) / 4 - padding;
  if (Uint8Array.prototype.setFromBase64 !== undefined) return decodeByPlatform(text, length);
  if (nodeBuffer !== undefined) return decodeByNode(nodeBuffer, text, length);
  return decodeByPlatformBinary(text, length);
}

/**
 * Node's decoder skips what it does not know, so its result is then too short; it takes the URL alphabet as well, bits beyond the
 * last byte, and of a character beyond ASCII perhaps its low byte.
 */
function decodeByNode(buffer: NonNullable<typeof nodeBuffer>, text: string, length: number): Bytes | undefined {
  if (text.includes('-') || text.includes('_') || buffer.byteLength(text) !== text.length) return undefined;
  const decoded = buffer.from(text, 'base64');
  const tail = decoded.subarray(decoded.length - (decoded.length % 3));
  if (decoded.length !== length || (tail.length > 0 && encodeBase64(tail) !== text.slice(-4))) return undefined;
  // A small buffer is a part of a larger one that others share.
  const { buffer: own, byteLength } = decoded;
  return own.byteLength === byteLength ? new Uint8Array(own) : new Uint8Array(decoded);
}

/** Into a buffer of the right length, which is several times faster than to have one made. */
function decodeByPlatform(text: string, length: number): Bytes | undefined {
  const bytes = new Uint8Array(length);
  try {
    const decoded = bytes.setFromBase64?.(text, { lastChunkHandling: 'strict' });
    // White space is skipped; what was skipped is missing at the end.
    return decoded?.written === length && decoded.read === text.length ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function decodeByPlatformBinary(text: string, length: number): Bytes | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  if (binary.length !== length) return undefined;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  // atob accepts trailing bits that are not zero: only the last group can hold them.
  const tail = bytes.subarray(bytes.length - (bytes.length % 3));
  if (tail.length > 0 && btoa(String.fromCharCode(...tail)) !== text.slice(-4)) return undefined;
  return bytes;
}
