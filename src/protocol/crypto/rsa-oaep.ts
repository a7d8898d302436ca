import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import type { Subtle } from './subtle.ts';

/**
 * Encrypts a 32-byte session key to a peer's encryption key: RSA-OAEP (RFC 8017, section 7.1; SHA-256, empty label).
 */
export async function encryptOaep(subtle: Subtle, peerKey: CryptoKey, sessionKey: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.encrypt('RSA-OAEP', peerKey, sessionKey));
}

/**
 * Decrypts the 32-byte session key that a peer encrypted to this agent. Throws `key_exchange_failed` for everything
 * else.
 */
export async function decryptOaepSessionKey(subtle: Subtle, ownKey: CryptoKey, encrypted: Bytes): Promise<Bytes> {
  const sessionKey = await decryptOaep(subtle, ownKey, encrypted);
  if (sessionKey?.length !== 32) throw new ParleyError('key_exchange_failed', 'The key exchange failed.');
  return sessionKey;
}

/**
 * Decrypts RSA-OAEP (RFC 8017, section 7.1; SHA-256, MGF1-SHA-256, empty label); undefined for what does not decrypt.
 */
export async function decryptOaep(subtle: Subtle, ownKey: CryptoKey, encrypted: Bytes): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(await subtle.decrypt('RSA-OAEP', ownKey, encrypted));
  } catch {
    return undefined;
  }
}
