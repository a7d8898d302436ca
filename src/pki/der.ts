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
