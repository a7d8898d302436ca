import * as v from 'valibot';
import { expect, it } from 'vitest';
import { pskSecret } from '../schedule/psk-secret.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

it('chains pre-shared keys as the official vectors do', async () => {
  const psk = v.object({ psk_id: hex, psk: hex, psk_nonce: hex });
  const tally = await checkSuiteVectors('psk_secret', { psks: v.array(psk), psk_secret: hex }, (value, suite) => {
    const psks = value.psks.map(({ psk_id: pskId, psk_nonce: nonce, psk }) => ({
      id: { type: 'external', pskId, nonce } as const,
      psk,
    }));
    expect(pskSecret(suite, psks)).toEqual(value.psk_secret);
  });
  expect(tally.passed).toBeGreaterThan(0);
});
