import { type Bytes, concat } from '../../bytes.ts';
import type { CipherSuite } from '../../crypto/cipher-suite.ts';

/** How often a suite was used. */
export interface Uses {
  hashes: number;
  seals: number;
  opens: number;
  derivations: number;
}

/**
 * Returns a suite that counts, and whose key pairs, seals and signatures cost and protect nothing: for counting
 * operations in large trees.
 */
export function countingSuite(suite: CipherSuite): { readonly suite: CipherSuite; readonly uses: Uses } {
  const uses: Uses = { hashes: 0, seals: 0, opens: 0, derivations: 0 };
  const privateKey = { algorithm: { name: 'none' }, extractable: false, type: 'private' } as const;
  const counting: CipherSuite = {
    ...suite,
    hash(data) {
      uses.hashes++;
      return suite.hash(data);
    },
    mac: (key, data) => suite.mac(key, data),
    extract: (salt, secret) => suite.extract(salt, secret),
    expand: (secret, info, length) => suite.expand(secret, info, length),
    hpke: {
      ...suite.hpke,
      async deriveKeyPair(ikm) {
        uses.derivations++;
        return { publicKey: suite.hash(ikm), privateKey };
      },
      async checkPublicKey() {},
      sealer: () => async (publicKey, _aad, plaintext) => {
        uses.seals++;
        return { kemOutput: publicKey, ciphertext: concat(plaintext) };
      },
      async open(_keyPair, _info, _aad, sealed): Promise<Bytes> {
        uses.opens++;
        return sealed.ciphertext.slice();
      },
    },
    signature: {
      ...suite.signature,
      sign: async (_key, data) => suite.hash(data),
      verify: async (_key, data, signature) => Buffer.compare(suite.hash(data), signature) === 0,
    },
  };
  return { suite: counting, uses };
}
