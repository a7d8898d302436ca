import { runInNewContext } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { makeRegistrant, spkiOf } from '../controller/testing/registrant.ts';
import { readRsaPublicKey } from './rsa-public-key.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('a key whose exponent is bytes of another realm, as in jsdom, is accepted', async () => {
  const { signing } = await makeRegistrant('helper_agent_001', 'https://localhost:5001');
  const spki = await spkiOf(signing);
  const publicExponent: unknown = runInNewContext('new Uint8Array([1, 0, 1])');
  const { importKey } = crypto.subtle;
  vi.spyOn(crypto.subtle, 'importKey').mockImplementation(async (...given: unknown[]) => {
    const key: unknown = await Reflect.apply(importKey, crypto.subtle, given);
    if (!(key instanceof CryptoKey)) throw new TypeError('no key');
    Object.defineProperty(key, 'algorithm', { value: { ...key.algorithm, publicExponent } });
    return key;
  });
  expect(await readRsaPublicKey(spki, 'signing')).toMatchObject({ bits: 2_048 });
});
