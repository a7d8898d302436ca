import { expect, it } from 'vitest';
import { cipherSuite } from '../crypto/suites.ts';
import { exportInitSecret, externalKeyPair, importInitSecret } from './key-schedule.ts';

it.each([1, 2, 0xf64a])('gives a joiner and the members one init secret in suite %i', async (id) => {
  const suite = await cipherSuite(id);
  const external = await externalKeyPair(suite, new Uint8Array(suite.hashLength).fill(7));
  const first = await exportInitSecret(suite, external.publicKey);
  const second = await exportInitSecret(suite, external.publicKey);
  expect(first.initSecret).toHaveLength(suite.hashLength);
  expect(second.initSecret).not.toEqual(first.initSecret);
  expect(await importInitSecret(suite, external, first.kemOutput)).toEqual(first.initSecret);
  await expect(importInitSecret(suite, external, first.kemOutput.subarray(1))).rejects.toThrow('decryption_failed');
  await expect(exportInitSecret(suite, external.publicKey.subarray(1))).rejects.toThrow('invalid_public_key');
});
