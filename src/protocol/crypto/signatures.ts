import type { Bytes } from '../bytes.ts';
import type { Subtle } from './subtle.ts';

const pss = { name: 'RSA-PSS', saltLength: 32 } as const;

/** Signs with RSA-PSS, SHA-256, MGF1-SHA-256, salt 32 (RFC 8017, section 8.1). */
export async function signPss(subtle: Subtle, key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.sign(pss, key, data));
}

/** Verifies what `signPss` makes. */
export function verifyPss(subtle: Subtle, key: CryptoKey, signature: Bytes, data: Bytes): Promise<boolean> {
  return subtle.verify(pss, key, signature, data);
}

/** Returns HMAC-SHA-256 (RFC 2104), 32 bytes. */
export async function mac(subtle: Subtle, key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.sign('HMAC', key, data));
}

/** Verifies what `mac` makes, in constant time. */
export function verifyMac(subtle: Subtle, key: CryptoKey, tag: Bytes, data: Bytes): Promise<boolean> {
  return subtle.verify('HMAC', key, tag, data);
}
