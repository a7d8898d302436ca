import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';

declare global {
  interface Uint8Array {
    toBase64?(): string;
  }
  interface Uint8ArrayConstructor {
    fromBase64?(text: string, options: { lastChunkHandling: 'strict' }): Uint8Array<ArrayBuffer>;
  }
}

const chunk = 0x8000;

/** RFC 4648 section 4, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  if (bytes.toBase64 !== undefined) return bytes.toBase64();
  let binary = '';
  for (let offset = 0; offset < bytes.length; offset += chunk) {
    binary += String.fromCharCode(...bytes.subarray(offset, offset + chunk));
  }
  return btoa(binary);
}

/**
 * Strict RFC 4648 section 4: white space, missing padding and non-zero trailing bits are refused, so every byte string has
 * one encoding (protocol page, section 1). Throws `malformed_message`.
 */
export function decodeBase64(text: string): Bytes {
  const bytes = Uint8Array.fromBase64 === undefined ? decodeByPlatformBinary(text) : decodeByPlatform(text);
  // Platform decoders skip white space; a skipped character shows in the length.
  if (bytes === undefined || 4 * Math.ceil(bytes.length / 3) !== text.length) {
    throw new ParleyError('malformed_message', 'A member is not canonical base64 (RFC 4648 section 4, padded).');
  }
  return bytes;
}

function decodeByPlatform(text: string): Bytes | undefined {
  try {
    return Uint8Array.fromBase64?.(text, { lastChunkHandling: 'strict' });
  } catch {
    return undefined;
  }
}

function decodeByPlatformBinary(text: string): Bytes | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  // atob accepts trailing bits that are not zero: only the last group can hold them.
  const tail = bytes.subarray(bytes.length - (bytes.length % 3));
  if (tail.length > 0 && btoa(String.fromCharCode(...tail)) !== text.slice(-4)) return undefined;
  return bytes;
}
