import { type Bytes, wipe } from '../bytes.ts';
import { type LabelText, label } from '../wire/label.ts';
import type { Subtle } from './subtle.ts';

/** Imports input keying material as a non-extractable HKDF key. `material` is overwritten. */
export async function importKeyMaterial(subtle: Subtle, material: Bytes): Promise<CryptoKey> {
  const key = await subtle.importKey('raw', material, 'HKDF', false, ['deriveKey', 'deriveBits']);
  wipe(material);
  return key;
}

/** Derives a non-extractable AES-256-GCM key (HKDF-SHA-256, RFC 5869) under a label of the key schedule. */
export function deriveAesKey(
  subtle: Subtle,
  ikm: CryptoKey,
  salt: Bytes,
  name: LabelText,
  uses: ('encrypt' | 'decrypt')[],
): Promise<CryptoKey> {
  return subtle.deriveKey(hkdf(salt, name), ikm, { name: 'AES-GCM', length: 256 }, false, uses);
}

/** Derives a non-extractable HMAC-SHA-256 key of 32 bytes under a label of the key schedule. */
export function deriveMacKey(subtle: Subtle, ikm: CryptoKey, salt: Bytes, name: LabelText): Promise<CryptoKey> {
  return subtle.deriveKey(hkdf(salt, name), ikm, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, [
    'sign',
    'verify',
  ]);
}

/** Derives `length` bytes of output under a label of the key schedule. */
export function deriveBytes(
  subtle: Subtle,
  ikm: CryptoKey,
  salt: Bytes,
  name: LabelText,
  length: number,
): Promise<Bytes> {
  return hkdfBytes(subtle, ikm, salt, label(name), length);
}

/** Returns `length` bytes of HKDF-SHA-256 (RFC 5869), extract and expand. */
export async function hkdfBytes(
  subtle: Subtle,
  ikm: CryptoKey,
  salt: Bytes,
  info: Bytes,
  length: number,
): Promise<Bytes> {
  return new Uint8Array(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, ikm, 8 * length));
}

function hkdf(salt: Bytes, name: LabelText) {
  return { name: 'HKDF', hash: 'SHA-256', salt, info: label(name) } as const;
}
