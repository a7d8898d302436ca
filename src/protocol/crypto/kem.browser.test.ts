import { expect, test } from 'vitest';
import { nobleKem } from './noble-kem.ts';
import { platformKem } from './platform-kem.ts';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

const platform = await platformKem(crypto.subtle);

test.skipIf(platform === undefined)('the browser’s ML-KEM-768 and the library’s open what the other made', async () => {
  const implementations = [...(platform === undefined ? [] : [platform]), nobleKem(random)];
  for (const one of implementations) {
    for (const other of implementations) {
      const pair = await one.generate();
      expect(pair.encapsulationKey).toHaveLength(1_184);
      const { secret, ciphertext } = await other.encapsulate(pair.encapsulationKey);
      expect(await pair.decapsulate(ciphertext)).toEqual(secret);
    }
  }
});
