import { describe, expect, test } from 'vitest';
import type { Bytes } from '../bytes.ts';
import type { Kem, KemKeyPair } from '../crypto/kem.ts';
import { nobleKem } from '../crypto/noble-kem.ts';
import { platformKem, platformKeyPair } from '../crypto/platform-kem.ts';
import { hasEncapsulation } from '../crypto/subtle.ts';
import { ParleyError } from '../errors.ts';
import { hex, readGroups } from './testing/wycheproof.ts';

const { subtle } = crypto;
const platform = await platformKem(subtle);
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** A pair from its 64-byte seed, by each implementation. */
const fromSeed: Readonly<Record<string, (seed: Bytes) => Promise<KemKeyPair>>> = {
  noble: (seed) => nobleKem(() => seed.slice()).generate(),
  platform: async (seed) => {
    if (!hasEncapsulation(subtle)) throw new Error('this platform has no ML-KEM');
    const privateKey = await subtle.importKey('raw-seed', seed, 'ML-KEM-768', false, ['decapsulateBits']);
    const publicKey = await getPublicKey(privateKey);
    return platformKeyPair(subtle, { privateKey, publicKey });
  },
};

/** WebCrypto's way from a private key to its public half. */
async function getPublicKey(privateKey: CryptoKey): Promise<CryptoKey> {
  if (!('getPublicKey' in subtle) || typeof subtle.getPublicKey !== 'function') throw new Error('no getPublicKey');
  const publicKey: unknown = await subtle.getPublicKey(privateKey, ['encapsulateBits']);
  if (!(publicKey instanceof CryptoKey)) throw new Error('no CryptoKey');
  return publicKey;
}

const implementations: readonly Kem[] = platform === undefined ? [nobleKem(random)] : [nobleKem(random), platform];

describe.each(implementations)('ML-KEM-768 by $implementation', (kem) => {
  const pairOf = fromSeed[kem.implementation] ?? expect.unreachable();

  test('makes the right encapsulation key of every seed', async () => {
    const groups = readGroups('mlkem_768_keygen_seed_test.json', {}, { seed: hex, ek: hex });
    for (const { tcId, seed, ek } of groups.flatMap(({ tests }) => tests)) {
      expect((await pairOf(seed)).encapsulationKey, `${tcId}`).toEqual(ek);
    }
  });

  test('opens what it should, and refuses what is no ciphertext or seed', async () => {
    const groups = readGroups('mlkem_768_test.json', {}, { seed: hex, c: hex, K: hex });
    for (const { tcId, result, seed, c, K } of groups.flatMap(({ tests }) => tests)) {
      const opening = pairOf(seed).then((pair) => pair.decapsulate(c));
      if (result === 'valid') expect(await opening, `${tcId}`).toEqual(K);
      else await expect(opening, `${tcId}`).rejects.toThrow();
    }
  });

  test('encapsulates to good keys and refuses the others', async () => {
    const groups = readGroups('mlkem_768_encaps_test.json', {}, { m: hex, ek: hex, c: hex, K: hex });
    for (const { tcId, result, m, ek, c, K } of groups.flatMap(({ tests }) => tests)) {
      const fixed = kem.implementation === 'noble' ? nobleKem(() => m.slice()) : kem;
      if (result !== 'valid') {
        await expect(fixed.encapsulate(ek), `${tcId}`).rejects.toThrow(ParleyError);
        continue;
      }
      const { secret, ciphertext } = await fixed.encapsulate(ek);
      if (kem.implementation === 'noble')
        expect({ secret, ciphertext }, `${tcId}`).toEqual({ secret: K, ciphertext: c });
      else expect([secret.length, ciphertext.length], `${tcId}`).toEqual([32, 1_088]);
    }
  });
});

test('each implementation opens what the other made', async () => {
  for (const one of implementations) {
    for (const other of implementations) {
      const pair = await one.generate();
      const { secret, ciphertext } = await other.encapsulate(pair.encapsulationKey);
      expect(await pair.decapsulate(ciphertext)).toEqual(secret);
    }
  }
});
