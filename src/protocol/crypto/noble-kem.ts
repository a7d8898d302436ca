import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { type Bytes, wipe } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import type { Kem } from './kem.ts';

/**
 * Returns ML-KEM-768 by @noble/post-quantum, for platforms without it. The secret key lives in the closure and is
 * overwritten after its one use. Its calls throw `key_exchange_failed` for an invalid key.
 */
export function nobleKem(random: (length: number) => Bytes): Kem {
  return {
    implementation: 'noble',
    async generate() {
      const seed = random(64);
      const { publicKey, secretKey } = ml_kem768.keygen(seed);
      wipe(seed);
      return {
        encapsulationKey: new Uint8Array(publicKey),
        async decapsulate(ciphertext) {
          const secret = new Uint8Array(ml_kem768.decapsulate(ciphertext, secretKey));
          wipe(secretKey);
          return secret;
        },
      };
    },
    async encapsulate(encapsulationKey) {
      const message = random(32);
      try {
        const { cipherText, sharedSecret } = ml_kem768.encapsulate(encapsulationKey, message);
        return { secret: new Uint8Array(sharedSecret), ciphertext: new Uint8Array(cipherText) };
      } catch (cause) {
        throw new ParleyError('key_exchange_failed', 'The key exchange failed.', { cause });
      } finally {
        wipe(message);
      }
    },
  };
}
