import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, concat, toHex } from '../bytes.ts';
import { hkdfBytes } from '../crypto/hkdf.ts';
import { type LabelText, label } from '../wire/label.ts';
import { takeKeyFingerprint } from './fingerprints.ts';
import { combineSecrets, deriveSessionKeys } from './key-schedule.ts';
import { Transcript } from './transcript.ts';

const { subtle } = crypto;
const labels: readonly LabelText[] = [
  'client handshake key',
  'server handshake key',
  'client key',
  'server key',
  'client iv',
  'server iv',
  'hmac key',
  'resumption',
  'update',
  'exporter',
];

/** The four secrets of a handshake, 32 bytes each, side by side. */
function inputKeyMaterial(secrets: Bytes): Promise<CryptoKey> {
  const part = (index: number) => secrets.slice(32 * index, 32 * (index + 1));
  return combineSecrets(subtle, {
    clientSessionKey: part(0),
    serverSessionKey: part(1),
    x25519Secret: part(2),
    kemSecret: part(3),
  });
}

async function everyKey(secrets: Bytes, salt: Bytes): Promise<readonly string[]> {
  const ikm = await inputKeyMaterial(secrets);
  return Promise.all(labels.map(async (text) => toHex(await hkdfBytes(subtle, ikm, salt, label(text), 32))));
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('the key schedule', () => {
  test('needs every byte of all four secrets and of the transcript for every key', async () => {
    await fc.assert(
      fc.asyncProperty(
        bytes(128),
        bytes(32),
        fc.nat({ max: 159 }),
        fc.integer({ min: 1, max: 255 }),
        async (secrets, salt, place, mask) => {
          const whole = concat(secrets, salt);
          const changed = whole.map((byte, i) => (i === place ? byte ^ mask : byte));
          const keys = await everyKey(concat(secrets), concat(salt));
          const others = await everyKey(changed.slice(0, 128), changed.slice(128));
          expect(new Set([...keys, ...others]).size).toBe(2 * labels.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('gives keys that cannot be taken out, each for one direction', async () => {
    const th0 = await Transcript.start(subtle);
    const salt = await th0.with({ message_type: 'CLIENT_HELLO' });
    const ikm = await inputKeyMaterial(new Uint8Array(128));
    const client = await deriveSessionKeys(subtle, ikm, salt.hash, 'client');
    const server = await deriveSessionKeys(subtle, ikm, salt.hash, 'server');
    for (const keys of [client, server]) {
      for (const key of Object.values(keys)) {
        if (key instanceof CryptoKey) expect(key.extractable).toBe(false);
      }
    }
    expect([client.clientKey.usages, client.serverKey.usages]).toEqual([['encrypt'], ['decrypt']]);
    expect([server.clientKey.usages, server.serverKey.usages]).toEqual([['decrypt'], ['encrypt']]);
    expect(ikm.extractable).toBe(false);
  });

  test('shows equal fingerprints for equal keys, and overwrites what they are made of', async () => {
    const exporter = crypto.getRandomValues(new Uint8Array(32));
    const copy = exporter.slice();
    const fingerprint = await takeKeyFingerprint(subtle, exporter);
    expect(fingerprint).toMatch(/^([0-9a-f]{2}:){3}[0-9a-f]{2}$/);
    expect(exporter).toEqual(new Uint8Array(32));
    expect(await takeKeyFingerprint(subtle, copy)).toBe(fingerprint);
  });
});
