import { expect, test } from 'vitest';
import { parseCertificate } from '../../pki/x509.ts';
import { cryptographyUnderWay } from './cryptography.ts';
import { registered } from './superseded.ts';
import { until } from './until.ts';
import { TestWorld } from './world.ts';

test('an operation counts until it is over, also one that fails, and one that a library asks for', async () => {
  expect(cryptographyUnderWay()).toBe(0);
  const hashing = crypto.subtle.digest('SHA-256', new Uint8Array(1));
  expect(cryptographyUnderWay()).toBe(1);
  await hashing;
  expect(cryptographyUnderWay()).toBe(0);
  const failing = crypto.subtle.importKey('raw', new Uint8Array(1), 'AES-GCM', false, ['encrypt']);
  expect(cryptographyUnderWay()).toBe(1);
  await expect(failing).rejects.toThrow();
  expect(cryptographyUnderWay()).toBe(0);

  const world = await TestWorld.create();
  const { store } = await world.open('traveller_agent_001', 'https://localhost:5000');
  const { registration } = await registered(store);
  const ca = parseCertificate(registration.caCertificate);
  const verifying = parseCertificate(registration.certificates.signing).verify({
    publicKey: ca.publicKey,
    signatureOnly: true,
  });
  expect(cryptographyUnderWay()).toBeGreaterThan(0);
  expect(await verifying).toBe(true);
  await until(() => cryptographyUnderWay() === 0 || undefined);
});
