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
/** Node's own, where the language's methods are not there yet: some fifty times faster than `btoa`. */
const nodeBuffer = typeof Buffer === 'undefined' ? undefined : Buffer;

/** RFC 4648 section 4, padded. */
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
 * Strict RFC 4648 section 4: white space, missing padding and non-zero trailing bits are refused, so every byte string has
 * one encoding (protocol page, section 1). Throws `malformed_message`.
 */
export function decodeBase64(text: string): Bytes {
  const bytes = decodeCanonical(text);
  // Platform decoders skip white space; a skipped character shows in the length.
  if (bytes === undefined || 4 * Math.ceil(bytes.length / 3) !== text.length) {
    throw new ParleyError('malformed_message', 'A member is not canonical base64 (RFC 4648 section 4, padded).');
  }
  return bytes;
}

function decodeCanonical(text: string): Bytes | undefined {
  if (Uint8Array.fromBase64 !== undefined) return decodeByPlatform(text);
  if (nodeBuffer !== undefined) return decodeByNode(nodeBuffer, text);
  return decodeByPlatformBinary(text);
}

/** Node's decoder lets nearly everything pass; what is canonical is what it writes again. */
function decodeByNode(buffer: NonNullable<typeof nodeBuffer>, text: string): Bytes | undefined {
  const bytes = new Uint8Array(buffer.from(text, 'base64'));
  return encodeBase64(bytes) === text ? bytes : undefined;
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
