import { describe, expect, it } from 'vitest';
import { cipherSuite } from './suites.ts';

const bytes = (seed: number) => new Uint8Array(48).fill(seed);
const [secret, info, aad, plaintext] = [bytes(1), bytes(2), bytes(3), bytes(4)];

async function platformHas(name: string): Promise<boolean> {
  const uses: readonly string[] = name === 'X25519' ? ['deriveBits'] : ['encapsulateBits', 'decapsulateBits'];
  // The platform's types know no encapsulation yet.
  const generateKey: unknown = Reflect.get(crypto.subtle, 'generateKey');
  if (typeof generateKey !== 'function') return false;
  try {
    await Reflect.apply(generateKey, crypto.subtle, [name, false, uses]);
    return true;
  } catch (cause) {
    if (cause instanceof DOMException || cause instanceof TypeError) return false;
    throw cause;
  }
}

describe.each([1, 0xf64a])('suite %i in the browser', (id) => {
  it('opens with its own KEM and in JavaScript what either sealed', async () => {
    const suites = [await cipherSuite(id), await cipherSuite(id, 'javascript')];
    const pairs = await Promise.all(suites.map(({ hpke }) => hpke.deriveKeyPair(secret)));
    for (const { publicKey, privateKey } of pairs) {
      expect(publicKey).toEqual(pairs[0]?.publicKey);
      expect(privateKey.extractable).toBe(false);
      for (const sealer of suites) {
        const sealed = await sealer.hpke.sealer(info)(publicKey, aad, plaintext);
        for (const [i, opener] of suites.entries()) {
          const pair = pairs[i];
          expect(pair && (await opener.hpke.open(pair, info, aad, sealed))).toEqual(plaintext);
        }
      }
    }
  });

  it('has private keys of the platform’s where that has the KEM', async () => {
    const { hpke } = await cipherSuite(id);
    const { privateKey } = await hpke.deriveKeyPair(secret);
    expect(privateKey instanceof CryptoKey).toBe(await platformHas(id === 1 ? 'X25519' : 'MLKEM768-X25519'));
  });

  it('signs and verifies, and refuses a key of small order', async () => {
    const { signature: scheme } = await cipherSuite(id);
    const { publicKey, privateKey } = await scheme.generateKeyPair();
    expect(privateKey.extractable).toBe(false);
    const signature = await scheme.sign(privateKey, plaintext);
    expect(await scheme.verify(publicKey, plaintext, signature)).toBe(true);
    expect(await scheme.verify(publicKey, info, signature)).toBe(false);
    expect(await scheme.verify(new Uint8Array(32).fill(1, 0, 1), plaintext, signature)).toBe(false);
  });

  it('encrypts messages, and opens nothing altered', async () => {
    const { aead } = await cipherSuite(id);
    const [key, nonce] = [secret.slice(0, aead.keyLength), info.slice(0, aead.nonceLength)];
    const sealed = await aead.seal(key, nonce, aad, plaintext);
    expect(await aead.open(key, nonce, aad, sealed)).toEqual(plaintext);
    await expect(aead.open(key, nonce, info, sealed)).rejects.toThrow('decryption_failed');
  });
});
