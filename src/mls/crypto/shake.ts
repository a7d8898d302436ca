import { shake256 } from '@noble/hashes/sha3.js';
import type { KDF, KEMFactory } from 'hpke';

/** The one function of a KDF that a hybrid KEM derives its seeds with. */
const shake: Pick<KDF, 'Derive'> = {
  Derive: async (labeledKeyMaterial, length) => shake256(labeledKeyMaterial, { dkLen: length }),
};

/**
 * Returns a KEM of the HPKE library with SHAKE256 in JavaScript in place of the platform's. Chromium has the hybrid KEM, which is the
 * costly part, but not the hash that derives its keys (draft-ietf-hpke-pq, section 4). A trial shows whether the library still takes it.
 */
export function withShake(factory: KEMFactory): KEMFactory {
  return () => {
    const kem = { ...factory(), kdf: shake };
    return kem;
  };
}
