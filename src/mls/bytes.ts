/** Bytes over a plain ArrayBuffer, which is what SubtleCrypto takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** No bytes at all. */
export const noBytes: Bytes = new Uint8Array(0);

/** Returns the concatenation of the parts, in a new buffer. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Returns the same bytes over a plain ArrayBuffer: for what a library gives, whose buffer may be of any kind. Copies only where it is not. */
export function ownBytes(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : Uint8Array.from(bytes);
}

/** Compares in time that depends on the lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Returns lowercase hex, which serves as a key of a Map. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/**
 * Overwrites buffers that held secrets: for their one owner, after the state that no longer needs them is stored. A state that still
 * holds them does not fail when it is used: it encrypts and exports under zeros.
 */
export function wipe(secrets: Iterable<Uint8Array>): void {
  for (const secret of secrets) secret.fill(0);
}
