import type { AEAD } from 'hpke';
import { type Bytes, ownBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import type { Aead } from './cipher-suite.ts';

const nonceLength = 12;

/** Returns AES-GCM by WebCrypto, with a key of so many bytes (RFC 5116, section 5). */
export function aesGcm(keyLength: 16 | 32): Aead {
  const algorithm = (nonce: Bytes, aad: Bytes) => ({ name: 'AES-GCM', iv: nonce, additionalData: aad });
  return {
    keyLength,
    nonceLength,
    async seal(key, nonce, aad, plaintext) {
      const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
      return new Uint8Array(await crypto.subtle.encrypt(algorithm(nonce, aad), imported, plaintext));
    },
    async open(key, nonce, aad, ciphertext) {
      const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
      try {
        return new Uint8Array(await crypto.subtle.decrypt(algorithm(nonce, aad), imported, ciphertext));
      } catch (cause) {
        throw decryptionFailed(cause);
      }
    },
  };
}

/** Returns an AEAD of the HPKE library as the suite's. */
export function aeadOf(aead: AEAD): Aead {
  return {
    keyLength: aead.Nk,
    nonceLength: aead.Nn,
    async seal(key, nonce, aad, plaintext) {
      return ownBytes(await aead.Seal(key, nonce, aad, plaintext));
    },
    async open(key, nonce, aad, ciphertext) {
      try {
        return ownBytes(await aead.Open(key, nonce, aad, ciphertext));
      } catch (cause) {
        throw decryptionFailed(cause);
      }
    },
  };
}

function decryptionFailed(cause: unknown): MlsError {
  return new MlsError('decryption_failed', 'The ciphertext does not open.', { cause });
}
