import type { Bytes } from '../bytes.ts';

const space = 0x20;

/** The Padmé length of `length` bytes: at most 12% more, and only O(log log length) bits of it leak (PURBs, section 4). */
export function padmeLength(length: number): number {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const zeroBits = exponent - (Math.floor(Math.log2(exponent)) + 1);
  const unit = 2 ** Math.max(0, zeroBits);
  return Math.ceil(length / unit) * unit;
}

/** `plaintext` with trailing spaces up to its Padmé length (protocol page, section 4); JSON ignores them. */
export function pad(plaintext: Bytes): Bytes {
  const length = padmeLength(plaintext.length);
  if (length === plaintext.length) return plaintext;
  const padded = new Uint8Array(length).fill(space, plaintext.length);
  padded.set(plaintext);
  return padded;
}
