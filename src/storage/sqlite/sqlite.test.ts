import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentRecord } from '../../controller/store.ts';
import { openAuthorityFile } from '../file/authority-file.ts';
import { controllerStoreContract, makeRecord } from '../testing/controller-store-contract.ts';
import { deliveryStoreContract } from '../testing/delivery-store-contract.ts';
import { operatorRecordsContract } from '../testing/operator-records-contract.ts';
import { openSqliteControllerStore } from './controller-store.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-sqlite-'));
});
afterAll(() => rm(folder, { recursive: true }));

const open = (name: string) =>
  openSqliteControllerStore(join(folder, `${name}.db`), openAuthorityFile(join(folder, `${name}.pem`)));

describe('a Controller’s store in SQLite', () => {
  controllerStoreContract(open);
  let count = 0;
  operatorRecordsContract(() => open(`operator-${++count}`));
});

describe('a delivery service’s store in SQLite', () => {
  deliveryStoreContract(async (name) => (await open(name)).delivery);
});

test('a database of the version before pages keeps its agents, and gets what is looked up', async () => {
  const path = join(folder, 'earlier.db');
  const earlier = new DatabaseSync(path);
  earlier.exec(`
    CREATE TABLE agents (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE registrations (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE lists (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO registrations VALUES ('00', 1, '{}');
    INSERT INTO counters VALUES ('list', 7);
    PRAGMA user_version = 1;`);
  const put = earlier.prepare('INSERT INTO agents VALUES (?, ?)');
  const record = { address: 'https://localhost:5001', signingSpki: 'AQID', issued: [{ serial: '0a', notAfter: 100 }] };
  const certificates = { signing: 'BA==', encryption: 'BQ==' };
  put.run('agent_a', JSON.stringify({ ...record, agentId: 'agent_a', certificates }));
  const revoked = { at: 5, reason: 'keyCompromise' };
  put.run('agent_b', JSON.stringify({ ...record, agentId: 'agent_b', certificates, revoked }));
  earlier.close();

  for (const times of ['once', 'again']) {
    const store = await open('earlier');
    expect(
      (await store.agents('', 10)).map(({ agentId }) => agentId),
      times,
    ).toEqual(['agent_a', 'agent_b']);
    expect(await store.agent('agent_b')).toMatchObject({ revoked, signingSpki: Uint8Array.of(1, 2, 3) });
    expect(await store.countAgents(Uint8Array.of(1, 2, 3))).toBe(2);
    expect(await store.revokedSerials(0)).toEqual([{ serial: '0a', revokedAt: 5, reason: 'keyCompromise' }]);
    const hash = createHash('sha256').update(Uint8Array.of(4)).digest('base64url');
    expect(await store.certificate(hash)).toEqual(Uint8Array.of(4));
    expect(await store.nextListNumber()).toBe(times === 'once' ? 8 : 9);
    store.close();
  }
});

test('when an agent was seen is stored while there is the agent, and a write touches no other row', async () => {
  const path = join(folder, 'seen.db');
  const keep = async (store: Awaited<ReturnType<typeof open>>, agentId: string, more: Partial<AgentRecord> = {}) =>
    store.updateAgent(agentId, () => makeRecord(agentId, more));
  const rows = () => {
    const database = new DatabaseSync(path);
    const found = database.prepare('SELECT agent_id FROM seen ORDER BY agent_id').all();
    database.close();
    return found.map(({ agent_id }) => agent_id);
  };
  const insert = (agentId: string) => {
    const database = new DatabaseSync(path);
    database.prepare('INSERT INTO seen (agent_id, at) VALUES (?, 1)').run(agentId);
    database.close();
  };
  const store = await open('seen');
  for (const name of ['agent_a', 'agent_b']) await keep(store, name);
  insert('stray_agent');
  await store.noteSeen(['agent_a', 'agent_b', 'nobody'], 7);
  expect(await store.lastSeen(['agent_a', 'nobody'])).toEqual(new Map([['agent_a', 7]]));
  // Looking through all rows at each write would cost more the more agents there are.
  expect(rows()).toEqual(['agent_a', 'agent_b', 'stray_agent']);
  // The name may be another owner's later.
  await keep(store, 'agent_b', { deletedAt: 8 });
  await store.noteSeen(['agent_b'], 9);
  expect(rows()).toEqual(['agent_a', 'stray_agent']);
  store.close();
  (await open('seen')).close();
  expect(rows()).toEqual(['agent_a']);
});

test('two connections to one file see each other, and numbers stay unique', async () => {
  const [first, second] = await Promise.all([open('shared'), open('shared')]);
  const numbers = await Promise.all([first, second, first, second].map((store) => store.nextListNumber()));
  expect(numbers.toSorted()).toEqual([1, 2, 3, 4]);
  first.close();
  second.close();
});

test('the file of the CA is for its owner alone, and is refused when others may read it', async () => {
  const path = join(folder, 'ca.pem');
  const authority = openAuthorityFile(path);
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  await authority.keepAuthority({ signingKey: keys.privateKey, certificate: Uint8Array.of(1) });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await chmod(path, 0o644);
  await expect(authority.loadAuthority()).rejects.toThrow(/chmod 600/);
});
