import { openDB } from 'idb';
import { describe, expect, test } from 'vitest';
import { groupRow, makeGroupKey } from '../testing/group-contract.ts';
import { auditEntry, exchange, handshakeEntry } from '../testing/history-contract.ts';
import { recording } from '../testing/recording-contract.ts';
import { makeResumption } from '../testing/resumption-contract.ts';
import { openAgentStore } from './agent-store.ts';
import { agentDatabaseName } from './schema.ts';

describe('an agent’s database', () => {
  test('of the version before verifications keeps all that it holds', async () => {
    const name = agentDatabaseName('older_agent');
    const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
    const pairs = {
      signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']),
      encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, ['encrypt', 'decrypt']),
    };
    const flat = async ({ privateKey, publicKey }: CryptoKeyPair) => ({
      privateKey,
      publicKey: new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)),
    });
    const older = await openDB(name, 1, {
      upgrade(db) {
        db.createObjectStore('identity');
        db.createObjectStore('nonces', { keyPath: 'key' }).createIndex('seenAt', 'seenAt');
      },
    });
    const identity = { agentId: 'older_agent', address: 'https://localhost:5001', createdAt: 5 };
    const stored = { ...identity, signing: await flat(pairs.signing), encryption: await flat(pairs.encryption) };
    await older.put('identity', stored, 'self');
    await older.put('nonces', { key: 'n', seenAt: 1 });
    older.close();

    const store = await openAgentStore('older_agent');
    expect(await store.loadIdentity()).toMatchObject(identity);
    expect(await store.loadNonces(0)).toEqual([{ key: 'n', seenAt: 1 }]);
    const verification = { peerId: 'helper_agent_001', keyHash: 'ab'.repeat(32), verifiedAt: 7 };
    await store.saveVerification(verification);
    expect(await store.loadVerifications()).toEqual([verification]);
  });

  test('of the version before histories keeps all that it holds, and gets them', async () => {
    const name = agentDatabaseName('second_version_agent');
    const older = await openDB(name, 2, {
      upgrade(db) {
        db.createObjectStore('identity');
        db.createObjectStore('nonces', { keyPath: 'key' }).createIndex('seenAt', 'seenAt');
        db.createObjectStore('verifications', { keyPath: 'peerId' });
      },
    });
    const verification = { peerId: 'helper_agent_001', keyHash: 'ab'.repeat(32), verifiedAt: 7 };
    await older.put('verifications', verification);
    await older.put('nonces', { key: 'n', seenAt: 1 });
    older.close();

    const store = await openAgentStore('second_version_agent');
    expect(await store.loadVerifications()).toEqual([verification]);
    expect(await store.loadNonces(0)).toEqual([{ key: 'n', seenAt: 1 }]);
    expect(await store.usages()).toEqual([]);
    await store.commit({ exchanges: [exchange()], audit: [] });
    expect(await store.exchangesBefore('helper_agent_001', undefined, 9)).toEqual([exchange().record]);
  });

  test('of the version before packed entries keeps its trail as it is, and goes on', async () => {
    const name = agentDatabaseName('third_version_agent');
    const older = await openDB(name, 3, {
      upgrade(db) {
        db.createObjectStore('audit', { keyPath: 'index' });
      },
    });
    const entries = [auditEntry(0), handshakeEntry(1, 1, 2)];
    for (const entry of entries) await older.put('audit', entry);
    older.close();

    const store = await openAgentStore('third_version_agent');
    expect(await store.lastAuditEntry()).toEqual(entries[1]);
    await store.commit({ exchanges: [exchange()], audit: [handshakeEntry(2, 1, 3)] });
    expect(await store.auditEntries(0, 9)).toEqual([...entries, handshakeEntry(2, 1, 3)]);
  });

  test('of the version before recordings keeps what it holds, gets them, and reads what version 1 of them wrote', async () => {
    const name = agentDatabaseName('fifth_version_agent');
    const older = await openDB(name, 5, {
      upgrade(db) {
        db.createObjectStore('verifications', { keyPath: 'peerId' });
      },
    });
    const verification = { peerId: 'helper_agent_001', keyHash: 'ab'.repeat(32), verifiedAt: 7 };
    await older.put('verifications', verification);
    older.close();

    const store = await openAgentStore('fifth_version_agent');
    expect(await store.loadVerifications()).toEqual([verification]);
    expect(await store.loadRecordings()).toEqual([]);
    await store.saveRecordings([recording('a')], []);
    const database = await openDB(name);
    const written = await database.get('recordings', 'a');
    expect(written).toEqual({
      sessionId: 'a',
      peerId: 'helper_agent_001',
      at: 5,
      isFull: true,
      iv: new Uint8Array(12).fill(1),
      ciphertext: Uint8Array.of(1, 2, 3),
    });
    await database.put('recordings', { ...written, sessionId: 'damaged', iv: 'none' });
    database.close();
    expect(await store.loadRecordings()).toEqual([recording('a')]);
  });

  test('of the version before groups keeps what it holds, gets them, and writes version 1 of their rows', async () => {
    const name = agentDatabaseName('sixth_version_agent');
    const older = await openDB(name, 6, {
      upgrade(db) {
        db.createObjectStore('recordings', { keyPath: 'sessionId' });
      },
    });
    await older.put('recordings', recording('a'));
    older.close();

    const store = await openAgentStore('sixth_version_agent');
    expect(await store.loadRecordings()).toEqual([recording('a')]);
    expect(await store.groupIds()).toEqual([]);
    const { id, key } = await makeGroupKey(false);
    const put = [groupRow('member'), groupRow('epoch')];
    await store.commit({ exchanges: [], audit: [], groups: [{ put, drop: [], putKeys: [{ id, key }] }] });
    const database = await openDB(name);
    const { group } = groupRow('member');
    expect(await database.get('groupRows', [group, 'member'])).toEqual({ ...groupRow('member'), memberOf: group });
    expect(await database.get('groupRows', [group, 'epoch'])).toEqual(groupRow('epoch'));
    expect(await database.getAllKeys('groupKeys')).toEqual([id]);
    await database.put('groupRows', { group, part: 'damaged', iv: 'none' });
    await database.put('groupKeys', { id: 'extractable', key: (await makeGroupKey(true)).key });
    database.close();
    expect((await store.groupRows(group, '', '', 9)).map(({ part }) => part)).toEqual(['damaged', 'epoch', 'member']);
    await expect(store.groupKey('extractable')).rejects.toMatchObject({ code: 'storage_failed' });
  });

  test('resumes by what each earlier version stored of a session', async () => {
    const store = await openAgentStore('resumed_agent');
    const database = await openDB(agentDatabaseName('resumed_agent'));
    const { isExtended: _, resumed: _resumed, ...first } = await makeResumption('first');
    await database.put('resumptions', first);
    await database.put('resumptions', { ...first, resumptionId: 'second', isExtended: true });
    await database.put('resumptions', { ...first, resumptionId: 'third', isExtended: true, resumed: 2 });
    const found = await store.loadResumptions();
    expect(found.map(({ resumptionId, isExtended, resumed }) => [resumptionId, isExtended, resumed])).toEqual([
      ['first', undefined, undefined],
      ['second', true, undefined],
      ['third', true, 2],
    ]);
    for (const { key } of found) expect((await crypto.subtle.sign('HMAC', key, new Uint8Array(4))).byteLength).toBe(32);
    // What is written of one today is what the newest of them has, member by member.
    const third = await database.get('resumptions', 'third');
    await store.saveResumption({ ...first, resumptionId: 'third', isExtended: true, resumed: 2 }, 'third');
    expect(await database.get('resumptions', 'third')).toEqual(third);
    database.close();
  });
});
