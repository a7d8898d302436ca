import { type Bytes, hexPairs } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { decodeIfBase64 } from '../../../protocol/wire/base64.ts';

const encoder = new TextEncoder();

/** Returns the bytes of a base64 text as the wire has it; undefined when it is empty or no canonical base64. */
export function bytesOfBase64(text: string): Bytes | undefined {
  return text === '' ? undefined : decodeIfBase64(text);
}

/** Returns lowercase hex with a space between bytes. */
export function spacedHex(bytes: Uint8Array): string {
  return hexPairs(bytes, ' ');
}

/** Returns the SHA-256 of bytes as hex pairs, as people compare it. */
export async function sha256Pairs(bytes: Bytes): Promise<string> {
  return hexPairs(await sha256(crypto.subtle, bytes));
}

/** Returns the bytes of a text, and at which byte each place of it begins. */
export function bytesOfText(text: string): { readonly bytes: Uint8Array; offsetOf(place: number): number } {
  const bytes = encoder.encode(text);
  const isAscii = bytes.length === text.length;
  return { bytes, offsetOf: (place) => (isAscii ? place : encoder.encode(text.slice(0, place)).length) };
}
