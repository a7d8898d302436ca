import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StoredIdentity } from '../../agent/contracts/ports.ts';
import { agentStoreContract } from '../testing/agent-store-contract.ts';
import { auditEntry, certificate, exchange, handshakeEntry, makeHistoryKeysOf } from '../testing/history-contract.ts';
import { recording } from '../testing/recording-contract.ts';
import { openFileAgentStore } from './agent-store.ts';

let root = '';
let folder = '';
let count = 0;
let identity: StoredIdentity;

async function makeKeys(extractable: boolean): Promise<Pick<StoredIdentity, 'signing' | 'encryption'>> {
  const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  return {
    signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, extractable, ['sign', 'verify']),
    encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, extractable, ['encrypt', 'decrypt']),
  };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-agent-'));
  const facts = { agentId: 'helper_agent_001', address: 'https://localhost:5001', createdAt: 7 };
  identity = { ...facts, ...(await makeKeys(true)) };
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => {
  folder = join(root, `agent-${++count}`);
});

describe('an agent’s store in files', () => agentStoreContract((name) => openFileAgentStore(join(root, name)), true));

/** Opens the store, saves a new identity and closes it again. */
async function saved(passphrase?: string): Promise<void> {
  const store = await openFileAgentStore(folder, passphrase === undefined ? {} : { passphrase });
  await store.saveIdentity(identity);
  store.close();
}

async function load(passphrase?: string) {
  const store = await openFileAgentStore(folder, passphrase === undefined ? {} : { passphrase });
  try {
    return await store.loadIdentity();
  } finally {
    store.close();
  }
}

test('keys in the clear are in a file for its owner alone, and nowhere else', async () => {
  await saved();
  expect((await stat(join(folder, 'keys.pem'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await load())?.signing.privateKey.extractable).toBe(false);
  await chmod(join(folder, 'keys.pem'), 0o640);
  await expect(load()).rejects.toThrow(/chmod 600/);
});

test('keys under a passphrase open with it alone, and are not on the disk in the clear', async () => {
  await saved('correct horse battery');
  expect(await readdir(folder)).not.toContain('keys.pem');
  const secret = Buffer.from(await crypto.subtle.exportKey('pkcs8', identity.signing.privateKey)).toString('base64');
  for (const name of await readdir(folder)) {
    const content = await readFile(join(folder, name), 'latin1');
    expect(content).not.toContain('PRIVATE KEY');
    expect(content).not.toContain(secret.slice(40, 100));
  }
  expect(await load('correct horse battery')).toMatchObject({ agentId: 'helper_agent_001' });
  await expect(load('wrong horse')).rejects.toThrow(/passphrase is wrong/);
  await expect(load()).rejects.toThrow(/Give their passphrase/);
});

test('a passphrase for keys in the clear, and keys that are gone, are said plainly', async () => {
  await saved();
  await expect(load('unneeded')).rejects.toThrow(/Leave it out/);
  await rename(join(folder, 'keys.pem'), join(folder, 'elsewhere.pem'));
  await expect(load()).rejects.toThrow(/is missing/);
});

test('other keys never replace the ones in the file', async () => {
  await saved();
  const store = await openFileAgentStore(folder);
  await expect(store.saveIdentity({ ...identity, ...(await makeKeys(false)) })).rejects.toThrow(/Nothing was changed/);
  store.close();
});

test('one at a time has the agent open', async () => {
  const first = await openFileAgentStore(folder);
  await expect(openFileAgentStore(folder)).rejects.toThrow(/agent_in_use/);
  first.close();
  (await openFileAgentStore(folder)).close();
});

test('what comes after its end does not open it again', async () => {
  const store = await openFileAgentStore(folder);
  store.close();
  await expect(store.addNonce({ key: 'late', seenAt: 1 })).rejects.toThrow(/closed/);
  (await openFileAgentStore(folder)).close();
});

test('a database of the version before histories keeps all that it holds, and gets them', async () => {
  await saved();
  await rm(join(folder, 'agent.db'));
  const older = new DatabaseSync(join(folder, 'agent.db'));
  older.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL) STRICT;
    CREATE TABLE nonces (key TEXT PRIMARY KEY, seen_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX nonces_by_time ON nonces (seen_at);
    CREATE TABLE verifications (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1;`);
  const spki = async (key: CryptoKey) => Buffer.from(await crypto.subtle.exportKey('spki', key)).toString('base64');
  const record = {
    agentId: 'helper_agent_001',
    address: 'https://localhost:5001',
    createdAt: 7,
    signingSpki: await spki(identity.signing.publicKey),
    encryptionSpki: await spki(identity.encryption.publicKey),
  };
  const verification = { peerId: 'traveller_agent_001', keyHash: 'ab'.repeat(32), verifiedAt: 7 };
  older.prepare('INSERT INTO identity VALUES (1, ?)').run(JSON.stringify(record));
  older.prepare('INSERT INTO nonces VALUES (?, ?)').run('n', 5);
  older.prepare('INSERT INTO verifications VALUES (?, ?)').run(verification.peerId, JSON.stringify(verification));
  older.close();

  const store = await openFileAgentStore(folder);
  expect(await store.loadIdentity()).toMatchObject({ agentId: 'helper_agent_001', createdAt: 7 });
  expect(await store.loadNonces(0)).toEqual([{ key: 'n', seenAt: 5 }]);
  expect(await store.loadVerifications()).toEqual([verification]);
  expect(await store.usages()).toEqual([]);
  await store.commit({ exchanges: [exchange()], audit: [] });
  store.close();
  const again = await openFileAgentStore(folder);
  expect(await again.exchangesBefore('helper_agent_001', undefined, 9)).toEqual([exchange().record]);
  again.close();
});

test('a database of the version before recordings keeps all that it holds, and gets them', async () => {
  const store = await openFileAgentStore(folder);
  await store.saveIdentity(identity);
  await store.commit({ exchanges: [exchange()], audit: [] });
  store.close();
  const older = new DatabaseSync(join(folder, 'agent.db'));
  const later = 'recordings group_rows group_keys files file_policies offered_files file_parts'.split(' ');
  older.exec(`${later.map((table) => `DROP TABLE ${table};`).join('')} PRAGMA user_version = 4;`);
  older.close();

  const newer = await openFileAgentStore(folder);
  expect(await newer.exchangesBefore('helper_agent_001', undefined, 9)).toEqual([exchange().record]);
  expect(await newer.loadRecordings()).toEqual([]);
  await newer.saveRecordings([recording('a')], []).finally(() => newer.close());
  const again = await openFileAgentStore(folder);
  expect(await again.loadRecordings().finally(() => again.close())).toEqual([recording('a')]);
});

test('a database of a newer version is left alone', async () => {
  await saved();
  const newer = new DatabaseSync(join(folder, 'agent.db'));
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  await expect(openFileAgentStore(folder)).rejects.toThrow(/newer version/);
});

async function onDisk(): Promise<Buffer> {
  return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
}

test('what was deleted or replaced is nowhere on the disk', async () => {
  const store = await openFileAgentStore(folder);
  const [first, second] = [Buffer.alloc(9_000, 'first written '), Buffer.alloc(9_000, 'second written ')];
  const rest = { ...exchange({ sequence: 2 }), tokens: [new Uint8Array(8).fill(9)] };
  const write = (ciphertext: Buffer) =>
    store.commit({
      exchanges: [
        { ...exchange({ ciphertext: new Uint8Array(ciphertext) }), tokens: [Uint8Array.from(Buffer.from('to-ken-1'))] },
        rest,
      ],
      audit: [],
    });
  await write(first);
  await write(second);
  expect((await onDisk()).includes('second written')).toBe(true);
  expect((await onDisk()).includes('to-ken-1')).toBe(true);
  await store.deleteExchanges('helper_agent_001', { sequences: [1] }, []);
  const left = await onDisk();
  for (const gone of ['first written', 'second written', 'to-ken-1']) expect(left.includes(gone)).toBe(false);
  expect(await store.exchangesBefore('helper_agent_001', undefined, 9)).toEqual([rest.record]);
  store.close();
});

test('a certificate that handshakes of the trail show is on the disk once, and goes with the last of them', async () => {
  const store = await openFileAgentStore(folder);
  const shown = handshakeEntry(0, 1, 2);
  await store.commit({ exchanges: [], audit: [shown, handshakeEntry(1, 1, 2), handshakeEntry(2, 1, 3)] });
  store.close();
  const times = async (seed: number) =>
    (await onDisk()).toString('latin1').split(Buffer.from(certificate(seed)).toString('latin1')).length - 1;
  expect(await Promise.all([1, 2, 3, 101].map(times))).toEqual([1, 1, 1, 1]);
  const again = await openFileAgentStore(folder);
  expect(await again.auditEntries(0, 1)).toEqual([shown]);
  const since = Array.from({ length: 1_000 }, (_, i) => auditEntry(i + 3));
  await again.commit({ exchanges: [], audit: since });
  await again.deleteAuditEntries({ before: 1_002, keep: [1], checkpoint: auditEntry(-1) });
  again.close();
  expect(await Promise.all([1, 2, 3, 101].map(times))).toEqual([1, 1, 0, 1]);
});

test('a deleted archive is nowhere on the disk', async () => {
  const store = await openFileAgentStore(folder);
  const archive = { archiveId: 'a1'.repeat(16), agentId: 'someone_else_001', exportedAt: 1, importedAt: 2, peers: [] };
  const place = { archiveId: archive.archiveId, peerId: 'helper_agent_001', sequence: 1 };
  const ciphertext = new Uint8Array(Buffer.alloc(9_000, 'brought in '));
  await store.addArchive(archive, [{ ...place, iv: new Uint8Array(12), ciphertext }]);
  for (const there of ['brought in', 'someone_else_001']) expect((await onDisk()).includes(there)).toBe(true);
  await store.deleteArchive(archive.archiveId);
  for (const gone of ['brought in', 'someone_else_001']) expect((await onDisk()).includes(gone)).toBe(false);
  store.close();
});

test('the keys of the history are in a file like the private keys, and only there', async () => {
  const keys = await makeHistoryKeysOf(true);
  const open = await openFileAgentStore(folder);
  await open.saveHistoryKeys(keys);
  open.close();
  expect((await stat(join(folder, 'history.pem'))).mode & 0o777).toBe(0o600);

  folder = join(root, `agent-${++count}`);
  const sealed = await openFileAgentStore(folder, { passphrase: 'correct horse battery' });
  await sealed.saveHistoryKeys(keys);
  expect((await sealed.loadHistoryKeys())?.record.extractable).toBe(false);
  sealed.close();
  const raw = Buffer.from(await crypto.subtle.exportKey('raw', keys.record));
  for (const name of await readdir(folder)) {
    const content = await readFile(join(folder, name));
    expect(content.includes(raw)).toBe(false);
    expect(content.includes(raw.toString('base64').slice(0, 30))).toBe(false);
  }
  const locked = await openFileAgentStore(folder);
  await expect(locked.loadHistoryKeys()).rejects.toThrow(/Give their passphrase/);
  await locked.erase();
  expect(await readdir(folder)).toEqual([]);
  locked.close();
});

test('a full disk is told as such, and nothing of the batch is there', async () => {
  const store = await openFileAgentStore(folder);
  await store.commit({ exchanges: [exchange()], audit: [] });
  store.close();
  const full = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    full.mockRestore();
    this.exec(sql);
    this.exec('PRAGMA max_page_count = 1');
  });
  const again = await openFileAgentStore(folder);
  const large = exchange({ sequence: 2, ciphertext: new Uint8Array(100_000) });
  await expect(again.commit({ exchanges: [large], audit: [auditEntry(0)] })).rejects.toThrow(/storage_full/);
  expect(await again.exchangesBefore('helper_agent_001', undefined, 9)).toHaveLength(1);
  expect(await again.lastAuditEntry()).toBeUndefined();
  again.close();
});

test('a deletion whose log cannot be emptied has been made all the same', async () => {
  const store = await openFileAgentStore(folder);
  await store.commit({ exchanges: [exchange()], audit: [] });
  const archive = { archiveId: 'a1'.repeat(16), agentId: 'someone_else_001', exportedAt: 1, importedAt: 2, peers: [] };
  await store.addArchive(archive, []);
  const { exec } = DatabaseSync.prototype;
  const failing = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (sql.includes('wal_checkpoint')) throw new Error('disk I/O error');
    exec.call(this, sql);
  });
  try {
    expect(await store.deleteExchanges('helper_agent_001', { upTo: 1 }, [auditEntry(0)])).toBe(1);
    expect(await store.deleteArchive(archive.archiveId)).toBe(true);
    expect(failing).toHaveBeenCalledWith(expect.stringContaining('wal_checkpoint'));
  } finally {
    failing.mockRestore();
  }
  expect(await store.usages()).toMatchObject([{ exchanges: 0 }]);
  store.close();
});

test('its database is for its owner alone, also where an earlier version left it open to all', async () => {
  (await openFileAgentStore(folder)).close();
  await chmod(join(folder, 'agent.db'), 0o644);
  const store = await openFileAgentStore(folder);
  for (const name of await readdir(folder)) {
    expect([name, (await stat(join(folder, name))).mode & 0o077]).toEqual([name, 0]);
  }
  store.close();
});

test('a database that is damaged is called so, and not in use', async () => {
  (await openFileAgentStore(folder)).close();
  await writeFile(join(folder, 'agent.db'), 'no database, but as long as the first page of one would be'.repeat(100));
  const refused = openFileAgentStore(folder);
  await expect(refused).rejects.toMatchObject({ code: 'storage_failed', detail: expect.stringContaining('damaged') });
});
