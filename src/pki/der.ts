/** The whole length, header included, that the first DER element of `bytes` claims; undefined for what is no DER header. */
export function derLength(bytes: Uint8Array): number | undefined {
  const first = bytes[1];
  if (first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 4 || bytes.length < 2 + count) return undefined;
  let length = 0;
  for (const byte of bytes.subarray(2, 2 + count)) length = length * 256 + byte;
  return 2 + count + length;
}

/** DER INTEGER of a whole number from 0 to 2^53 - 1 (X.690, 8.3). */
export function derInteger(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  if ((bytes[0] ?? 0x80) >= 0x80) bytes.unshift(0);
  return Uint8Array.of(2, bytes.length, ...bytes);
}

/** The number in a DER INTEGER from 0 to 2^53 - 1; undefined for anything else. */
export function readDerInteger(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 2 || derLength(bytes) !== bytes.length || bytes.length > 9) return undefined;
  const content = bytes.subarray(2);
  if (content.length === 0 || (content[0] ?? 0) >= 0x80) return undefined;
  const value = content.reduce((sum, byte) => sum * 256 + byte, 0);
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * True for an ECDSA signature over P-256 in DER (RFC 3279, 2.2.3): two positive numbers, each written in the one way that DER
 * has for it. The library reads others too, which would let one list or certificate have several encodings.
 */
export function isEcdsaSignature(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30 || derLength(bytes) !== bytes.length || (bytes[1] ?? 0x80) >= 0x80) return false;
  const first = bytes.subarray(2, 4 + (bytes[3] ?? 0));
  const second = bytes.subarray(2 + first.length);
  return isPositiveInteger(first) && isPositiveInteger(second);
}

/** A DER INTEGER above zero, of at most 32 bytes and the padding that keeps it positive. */
function isPositiveInteger(bytes: Uint8Array): boolean {
  const [tag, length = 0, first = 0x80, second = 0] = bytes;
  if (tag !== 2 || length !== bytes.length - 2 || length < 1 || length > 33 || first >= 0x80) return false;
  return first === 0 ? length > 1 && second >= 0x80 : length <= 32;
}
