import type { KEM, Key } from 'hpke';
import { type Bytes, concat, ownBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import { fromBase64url } from './base64url.ts';

const mlKem768X25519 = 0x647a;

/**
 * Returns the public key that belongs to a serialized private key. The HPKE library has no such function, and a platform need not
 * have one; private keys come as bytes in the official vectors alone. Throws `invalid_private_key`.
 */
export async function publicKeyOf(kem: KEM<Key>, serialized: Bytes): Promise<Bytes> {
  if (kem.id === mlKem768X25519) {
    const { ml_kem768_x25519 } = await import('@noble/post-quantum/hybrid.js');
    return ownBytes(ml_kem768_x25519.keygen(serialized).publicKey);
  }
  const key = await kem.DeserializePrivateKey(serialized, true);
  if (!(key instanceof CryptoKey)) {
    throw new MlsError('invalid_private_key', 'The platform gives no public key of a private key of this KEM.');
  }
  const { kty, x = '', y = '' } = await crypto.subtle.exportKey('jwk', key);
  return kty === 'EC' ? concat(Uint8Array.of(4), fromBase64url(x), fromBase64url(y)) : fromBase64url(x);
}
