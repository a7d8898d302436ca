import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import type { Kem, KemKeyPair } from './kem.ts';
import { hasEncapsulation, type KemSubtle, type KeyPair } from './subtle.ts';

/**
 * Returns ML-KEM-768 by the platform's SubtleCrypto, with a non-extractable private key; `undefined` where it has
 * none. Its calls reject with `key_exchange_failed` for an invalid key.
 */
export async function platformKem(subtle: object): Promise<Kem | undefined> {
  if (!hasEncapsulation(subtle)) return undefined;
  try {
    await subtle.generateKey('ML-KEM-768', false, ['encapsulateBits', 'decapsulateBits']);
  } catch {
    return undefined;
  }
  return {
    implementation: 'platform',
    async generate() {
      return platformKeyPair(
        subtle,
        await subtle.generateKey('ML-KEM-768', false, ['encapsulateBits', 'decapsulateBits']),
      );
    },
    async encapsulate(encapsulationKey: Bytes) {
      try {
        const key = await subtle.importKey('raw-public', encapsulationKey, 'ML-KEM-768', false, ['encapsulateBits']);
        const { sharedKey, ciphertext } = await subtle.encapsulateBits('ML-KEM-768', key);
        return { secret: new Uint8Array(sharedKey), ciphertext: new Uint8Array(ciphertext) };
      } catch (cause) {
        throw new ParleyError('key_exchange_failed', 'The key exchange failed.', { cause });
      }
    },
  };
}

/** Returns the platform's ML-KEM-768 pair as the handshake uses it. */
export async function platformKeyPair(subtle: KemSubtle, pair: KeyPair): Promise<KemKeyPair> {
  return {
    encapsulationKey: new Uint8Array(await subtle.exportKey('raw-public', pair.publicKey)),
    async decapsulate(ciphertext) {
      return new Uint8Array(await subtle.decapsulateBits('ML-KEM-768', pair.privateKey, ciphertext));
    },
  };
}
