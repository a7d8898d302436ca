import { toHex } from '../../bytes.ts';
import type { CipherSuite } from '../../crypto/cipher-suite.ts';

/** Returns a suite that refuses to encrypt twice with one key and nonce, over everything that is ever encrypted with it. */
export function withoutRepetition(suite: CipherSuite): CipherSuite {
  const used = new Set<string>();
  const { aead } = suite;
  return {
    ...suite,
    aead: {
      ...aead,
      seal(key, nonce, aad, plaintext) {
        const pair = `${toHex(key)} ${toHex(nonce)}`;
        if (used.has(pair)) throw new Error('A key and nonce are used for a second encryption.');
        used.add(pair);
        return aead.seal(key, nonce, aad, plaintext);
      },
    },
  };
}
