import type { Bytes } from '../bytes.ts';
import { hashNow } from './node-calls.ts';
import type { Subtle } from './subtle.ts';

/** Returns `H`: SHA-256, 32 bytes (FIPS 180-4). */
export async function sha256(subtle: Subtle, data: Bytes): Promise<Bytes> {
  return hashNow(subtle, data) ?? new Uint8Array(await subtle.digest('SHA-256', data));
}
