import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { isOnCurve, isScalarBelowOrder, isSmallOrderOrNonCanonical } from './ed25519-encoding.ts';
import { knowVerifyKey, verifyNow } from './node-calls.ts';
import type { Subtle } from './subtle.ts';

declare const brand: unique symbol;
/** A peer's Ed25519 public key whose bytes have been checked. Only `importEd25519Key` makes one. */
export type Ed25519VerifyKey = CryptoKey & { readonly [brand]: 'Ed25519VerifyKey' };

function isVerifyKey(key: CryptoKey): key is Ed25519VerifyKey {
  return key.type === 'public' && key.algorithm.name === 'Ed25519';
}

/**
 * Imports a 32-byte public key for `verifyEd25519`. Throws `key_exchange_failed` unless the bytes are the canonical encoding of a
 * point of the curve that is not of small order (protocol page, section 3): platforms differ on all others.
 */
export async function importEd25519Key(subtle: Subtle, publicKey: Bytes): Promise<Ed25519VerifyKey> {
  if (publicKey.length !== 32 || isSmallOrderOrNonCanonical(publicKey) || !isOnCurve(publicKey)) throw notAKey();
  const key = await subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
  if (!isVerifyKey(key)) throw notAKey();
  knowVerifyKey(subtle, key, publicKey);
  return key;
}

function notAKey(): ParleyError {
  return new ParleyError('key_exchange_failed', 'The session signing key cannot be used.');
}

/** Signs with Ed25519 (RFC 8032), 64 bytes. */
export async function signEd25519(subtle: Subtle, key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.sign('Ed25519', key, data));
}

/**
 * True when `signature` is `key`'s over `data` (RFC 8032, cofactorless). False, before the platform is asked, for an R that is of
 * small order or not canonical and for an S that is not below the order L: platforms differ on those.
 */
export async function verifyEd25519(
  subtle: Subtle,
  key: Ed25519VerifyKey,
  signature: Bytes,
  data: Bytes,
): Promise<boolean> {
  if (signature.length !== 64 || isSmallOrderOrNonCanonical(signature) || !isScalarBelowOrder(signature)) return false;
  return verifyNow(subtle, key, signature, data) ?? subtle.verify('Ed25519', key, signature, data);
}
