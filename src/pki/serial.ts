import { toHex } from '../protocol/bytes.ts';

/** Returns a serial number as one string per number: lowercase hex without leading zeros. */
export function normalSerial(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '');
}

/** Makes a fresh serial number of 128 random bits (protocol page, section 2), in hex. */
export function makeSerial(random: (length: number) => Uint8Array): string {
  const bytes = random(16);
  // Zero is no serial number (RFC 5280, section 4.1.2.2).
  return bytes.some((byte) => byte > 0) ? toHex(bytes) : makeSerial(random);
}
