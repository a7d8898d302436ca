import type { KDFFactory } from 'hpke';
import { MlsError } from '../errors.ts';
import type { HashFunction } from './hash.ts';
import type { HashName } from './hash-name.ts';

/** The numbers that HPKE gives to HKDF with these hashes (RFC 9180, section 7.2). */
const ids = { 'SHA-256': 1, 'SHA-384': 2, 'SHA-512': 3 };

/** Returns HKDF for HPKE's key schedule, over the suite's own functions: WebCrypto would take a dozen promises for each message. */
export function kdfFactory(name: HashName, { hashLength, extract, expand }: HashFunction): KDFFactory {
  return () => ({
    id: ids[name],
    type: 'KDF',
    name: `HKDF-${name}`,
    Nh: hashLength,
    stages: 2,
    Extract: async (salt, inputKeyMaterial) => extract(salt, inputKeyMaterial),
    Expand: async (pseudorandomKey, info, length) => expand(pseudorandomKey, info, length),
    Derive: async () => {
      throw new MlsError('unsupported_cipher_suite', 'HKDF has two stages, not one.');
    },
  });
}
