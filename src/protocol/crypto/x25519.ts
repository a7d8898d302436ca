import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import type { Subtle } from './subtle.ts';

/** An ephemeral X25519 pair; the private half is a non-extractable CryptoKey. */
export interface X25519Pair {
  readonly publicKey: Bytes;
  readonly privateKey: CryptoKey;
}

/** Makes a fresh pair (RFC 7748, section 6.1). */
export async function generateX25519(subtle: Subtle): Promise<X25519Pair> {
  const pair = await subtle.generateKey('X25519', false, ['deriveBits']);
  return {
    publicKey: new Uint8Array(await subtle.exportKey('raw', pair.publicKey)),
    privateKey: pair.privateKey,
  };
}

/**
 * Returns the 32-byte shared secret. Throws `key_exchange_failed` for an all-zero one (a small-order share; RFC 7748,
 * section 6.1).
 */
export async function x25519(subtle: Subtle, privateKey: CryptoKey, publicKey: Bytes): Promise<Bytes> {
  let secret: Bytes;
  try {
    const peer = await subtle.importKey('raw', publicKey, 'X25519', false, []);
    secret = new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: peer }, privateKey, 256));
  } catch (cause) {
    throw new ParleyError('key_exchange_failed', 'The key exchange failed.', { cause });
  }
  if (secret.every((byte) => byte === 0)) throw new ParleyError('key_exchange_failed', 'The key exchange failed.');
  return secret;
}
