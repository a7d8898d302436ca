import { expect, test } from 'vitest';
import { isTranscriptHash } from '../../bytes.ts';
import { importKeyMaterial } from '../../crypto/hkdf.ts';
import { deriveSessionKeys, type Role } from '../../handshake/key-schedule.ts';
import { Epoch } from './epoch.ts';

const { subtle } = crypto;
const zeros = new Uint8Array(12);

async function begin(role: Role) {
  const salt = new Uint8Array(32).fill(7);
  if (!isTranscriptHash(salt)) throw new RangeError('a hash has 32 bytes');
  const keys = await deriveSessionKeys(subtle, await importKeyMaterial(subtle, new Uint8Array(32).fill(1)), salt, role);
  const ivs = { client: keys.clientIv.slice(), server: keys.serverIv.slice() };
  return { epoch: new Epoch(role, { number: 0, keys, salt, startedAt: 0 }), keys, salt, ivs };
}

test.each(['client', 'server'] as const)(
  'copies what a %s begins with, and gives each direction its own IV',
  async (role) => {
    const { epoch, keys, salt, ivs } = await begin(role);
    const salted = salt.slice();
    for (const bytes of [keys.clientIv, keys.serverIv, salt]) bytes.fill(9);
    const [sends, receives] = role === 'client' ? [ivs.client, ivs.server] : [ivs.server, ivs.client];
    expect([epoch.sendIv, epoch.receiveIv]).toEqual([sends, receives]);
    expect(epoch.salt).toEqual(salted);
  },
);

test('gives copies: what is done to one changes nothing of the epoch', async () => {
  const { epoch, ivs, salt } = await begin('client');
  for (const bytes of [epoch.sendIv, epoch.receiveIv, epoch.salt]) bytes.fill(9);
  expect([epoch.sendIv, epoch.receiveIv, epoch.salt]).toEqual([ivs.client, ivs.server, salt]);
});

test('overwrites its IVs at its end', async () => {
  const { epoch } = await begin('client');
  epoch.erase();
  expect([epoch.sendIv, epoch.receiveIv]).toEqual([zeros, zeros]);
});
