import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { storedCertificate } from '../../controller/certificate-hash.ts';
import { openControllerStore } from './controller-store.ts';

const record = {
  address: 'https://localhost:5001',
  signingSpki: Uint8Array.of(1, 2, 3),
  certificates: { signing: Uint8Array.of(4), encryption: Uint8Array.of(5) },
  issued: [{ serial: '0a', notAfter: 100 }],
};
const revoked = { at: 5, reason: 'keyCompromise' } as const;

/** A database as the first version made it and left it. */
async function makeFirstVersion(name: string): Promise<void> {
  const database = await openDB(name, 1, {
    upgrade(db) {
      db.createObjectStore('authority');
      db.createObjectStore('agents', { keyPath: 'agentId' });
      db.createObjectStore('registrations', { keyPath: 'id' }).createIndex('expiresAt', 'expiresAt');
      db.createObjectStore('lists');
      db.createObjectStore('counters');
    },
  });
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  await database.put('authority', { signingKey: privateKey, certificate: Uint8Array.of(9) }, 'self');
  await database.put('agents', { ...record, agentId: 'agent_a' });
  await database.put('agents', { ...record, agentId: 'agent_b', revoked });
  await database.put('registrations', { id: '00', expiresAt: 1 });
  await database.put('lists', { number: 7, der: Uint8Array.of(8), thisUpdate: 1, nextUpdate: 2 }, 'newest');
  await database.put('counters', 7, 'number');
  database.close();
}

test('a Controller’s database of the first version keeps its CA, its agents and its list, and gets what is looked up', async () => {
  const name = 'first-version-controller';
  await makeFirstVersion(name);
  for (const times of ['once', 'again']) {
    const store = await openControllerStore(name);
    expect(await store.loadAuthority(), times).toMatchObject({ certificate: Uint8Array.of(9) });
    expect((await store.agents('', 10)).map(({ agentId }) => agentId)).toEqual(['agent_a', 'agent_b']);
    expect(await store.agent('agent_b')).toMatchObject({ revoked, signingSpki: Uint8Array.of(1, 2, 3) });
    expect(await store.countAgents(Uint8Array.of(1, 2, 3))).toBe(2);
    expect(await store.countAgents(undefined)).toBe(2);
    expect(await store.revokedSerials(0)).toEqual([{ serial: '0a', revokedAt: 5, reason: 'keyCompromise' }]);
    for (const der of [Uint8Array.of(4), Uint8Array.of(5)]) {
      expect(await store.certificate((await storedCertificate(der)).hash)).toEqual(der);
    }
    expect(await store.loadList()).toMatchObject({ number: 7 });
    expect(await store.nextListNumber()).toBe(times === 'once' ? 8 : 9);
    expect(await store.takeRegistration('00')).toBe(undefined);
    await store.dropExpired(0);
    expect(await store.addSignature('used', 10)).toBe(times === 'once');
  }
});

test('two tabs that open a database of the first version at once both have all of it', async () => {
  const name = 'first-version-of-two';
  await makeFirstVersion(name);
  const stores = await Promise.all([openControllerStore(name), openControllerStore(name)]);
  for (const store of stores) {
    expect(await store.countAgents(undefined)).toBe(2);
    expect(await store.certificate((await storedCertificate(Uint8Array.of(4))).hash)).toEqual(Uint8Array.of(4));
  }
});

test('a database of a newer version is left as it is, and said to be one', async () => {
  (await openDB('newer-controller', 99)).close();
  await expect(openControllerStore('newer-controller')).rejects.toMatchObject({
    code: 'storage_failed',
    detail: expect.stringContaining('A newer version of Parley'),
  });
});
