import { deleteDB, openDB } from 'idb';
import { describe, expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { agentStoreContract } from '../testing/agent-store-contract.ts';
import { controllerStoreContract } from '../testing/controller-store-contract.ts';
import { auditEntry, exchange, handshakeEntry, makeHistoryKeysOf } from '../testing/history-contract.ts';
import { makeResumption } from '../testing/resumption-contract.ts';
import { openAgentStore } from './agent-store.ts';
import { openControllerStore } from './controller-store.ts';
import { agentDatabaseName } from './schema.ts';

describe('a Controller’s store in IndexedDB', () => controllerStoreContract(openControllerStore));
describe('an agent’s store in IndexedDB', () => agentStoreContract(openAgentStore));

describe('an agent’s database', () => {
  test('is gone once it was erased', async () => {
    const store = await openAgentStore('erased_agent');
    await store.addNonce({ key: 'n', seenAt: 1 });
    await store.erase();
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(agentDatabaseName('erased_agent'));
  });

  test('does not come back when somebody still reads from it, but when an agent starts under its name', async () => {
    const store = await openAgentStore('reading_agent');
    await store.addNonce({ key: 'n', seenAt: 1 });
    await store.erase();
    await expect(store.usages()).rejects.toMatchObject({ code: 'storage_failed' });
    await expect(store.auditEntries(0, 1)).rejects.toMatchObject({ code: 'storage_failed' });
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(agentDatabaseName('reading_agent'));
    expect(await store.loadIdentity()).toBe(undefined);
    expect(await store.loadNonces(0)).toEqual([]);
  });

  test('that is deleted behind an open agent is told once, refuses all else, and is not made again, empty', async () => {
    const name = agentDatabaseName('cleared_agent');
    const told: string[] = [];
    const store = await openAgentStore('cleared_agent', ({ code }) => told.push(code));
    const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
    await store.saveIdentity({
      agentId: 'cleared_agent',
      address: 'https://localhost:5001',
      createdAt: 5,
      signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']),
      encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, ['encrypt', 'decrypt']),
    });
    await deleteDB(name);
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(['storage_cleared']);
    await expect(store.addNonce({ key: 'n', seenAt: 1 })).rejects.toMatchObject({ code: 'storage_cleared' });
    await expect(store.loadIdentity()).rejects.toMatchObject({ code: 'storage_cleared' });
    expect(told).toHaveLength(1);
    expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name);
  });

  test('has a certificate that handshakes of the trail show once, until the last of them goes', async () => {
    const store = await openAgentStore('certified_agent');
    await store.commit({ exchanges: [], audit: [handshakeEntry(0, 1, 2), handshakeEntry(1, 1, 2)] });
    await store.commit({ exchanges: [], audit: [handshakeEntry(2, 1, 3)] });
    const database = await openDB(agentDatabaseName('certified_agent'));
    expect(await database.count('auditCertificates')).toBe(6);
    const rows = JSON.stringify(await database.getAll('audit'));
    expect(rows).not.toContain('my_certificate');
    await store.commit({ exchanges: [], audit: Array.from({ length: 1_000 }, (_, i) => auditEntry(i + 3)) });
    await store.deleteAuditEntries({ before: 1_002, keep: [1], checkpoint: auditEntry(-1) });
    expect(await database.count('auditCertificates')).toBe(4);
    expect(await store.auditEntries(0, 1)).toEqual([handshakeEntry(1, 1, 2)]);
    database.close();
  });

  test('gives a damaged exchange back as one that cannot be read, and the others as they are', async () => {
    const store = await openAgentStore('scratched_agent');
    await store.commit({ exchanges: [exchange(), exchange({ sequence: 2 })], audit: [] });
    const database = await openDB(agentDatabaseName('scratched_agent'));
    await database.put('exchanges', { peerId: 'helper_agent_001', sequence: 1, iv: 'none', at: 'once' });
    database.close();
    const [second, first] = await store.exchangesBefore('helper_agent_001', undefined, 9);
    expect(second).toEqual(exchange({ sequence: 2 }).record);
    expect(first).toMatchObject({ sequence: 1, ciphertext: new Uint8Array(0) });
  });

  test('with a damaged resumption gives the others, and keeps it no longer', async () => {
    const store = await openAgentStore('scraped_agent');
    await store.saveResumption(await makeResumption('whole'));
    const database = await openDB(agentDatabaseName('scraped_agent'));
    await database.put('resumptions', { resumptionId: 'broken', key: 'none' });
    expect((await store.loadResumptions()).map(({ resumptionId }) => resumptionId)).toEqual(['whole']);
    expect(await database.getAllKeys('resumptions')).toEqual(['whole']);
    database.close();
  });

  test('whose search index is damaged still keeps, deletes and finds the rest', async () => {
    const tokens = [new Uint8Array(8).fill(7)];
    const placed = (sequence: number) => ({ ...exchange({ sequence }), tokens });
    const store = await openAgentStore('smudged_agent');
    await store.commit({ exchanges: [placed(1), placed(2)], audit: [] });
    const database = await openDB(agentDatabaseName('smudged_agent'));
    await database.put('recentTokens', { peerId: 'helper_agent_001', sequence: 1, tokens: 'none' });
    await database.put('segments', { segment: 1, places: 'none' });
    await database.put('postings', { row: 3, segment: 1, bytes: 'none' });
    await database.put('indexVersion', 99, 'self');
    database.close();
    await store.commit({ exchanges: [placed(3)], audit: [] });
    expect(await store.exchangesWith(tokens, { offset: 0, count: 9 })).toMatchObject({
      exchanges: [{ sequence: 3 }, { sequence: 2 }],
    });
    expect(await store.deleteExchanges('helper_agent_001', { upTo: 3 }, [])).toBe(3);
  });

  test('with an extractable key of the history in it is refused', async () => {
    const store = await openAgentStore('indiscreet_agent');
    await store.saveHistoryKeys(await makeHistoryKeysOf(true));
    await expect(store.loadHistoryKeys()).rejects.toThrow(/storage_failed/);
  });

  test('changes nothing when a part of a batch cannot be written', async () => {
    const store = await openAgentStore('halted_agent');
    await store.commit({ exchanges: [exchange()], audit: [auditEntry(0)] });
    const batch = { exchanges: [exchange({ sequence: 2 })], audit: [auditEntry(0)] };
    await expect(store.commit(batch)).rejects.toThrow(/storage_failed/);
    expect(await store.usages()).toMatchObject([{ exchanges: 1, lastSequence: 1 }]);
  });

  test('that was made without its stores gets them', async () => {
    (await openDB(agentDatabaseName('hollow_agent'))).close();
    const store = await openAgentStore('hollow_agent');
    expect(await store.loadIdentity()).toBeUndefined();
    await store.addNonce({ key: 'n', seenAt: 1 });
    expect(await store.loadNonces(0)).toHaveLength(1);
  });

  test('with what is no verification in it is refused, not taken for none', async () => {
    const store = await openAgentStore('misled_agent');
    const database = await openDB(agentDatabaseName('misled_agent'));
    await database.put('verifications', { peerId: 'helper_agent_001', keyHash: '' });
    database.close();
    await expect(store.loadVerifications()).rejects.toThrow(/storage_failed/);
  });

  test('holds no key that could be taken out, not even a public one', async () => {
    const store = await openAgentStore('looked_into_agent');
    const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
    const keys = {
      signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']),
      encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, ['encrypt', 'decrypt']),
    };
    await store.saveIdentity({
      agentId: 'looked_into_agent',
      address: 'https://localhost:5001',
      createdAt: 1,
      ...keys,
    });
    const database = await openDB(agentDatabaseName('looked_into_agent'));
    const record: unknown = await database.get('identity', 'self');
    database.close();
    const found = keysIn(record);
    expect(found.map(({ type, extractable }) => [type, extractable])).toEqual([
      ['private', false],
      ['private', false],
    ]);
  });

  test('with what is no identity in it is refused, not believed', async () => {
    const store = await openAgentStore('damaged_agent');
    const database = await openDB(agentDatabaseName('damaged_agent'));
    await database.put('identity', { agentId: 'damaged_agent', signing: 'none' }, 'self');
    database.close();
    await expect(store.loadIdentity()).rejects.toSatisfy(
      (error) => error instanceof ParleyError && error.code === 'storage_failed',
    );
  });

  test('with an extractable key in it is refused', async () => {
    const store = await openAgentStore('open_agent');
    const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
    const keys = {
      signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, true, ['sign', 'verify']),
      encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, ['encrypt', 'decrypt']),
    };
    await store.saveIdentity({ agentId: 'open_agent', address: 'https://localhost:5001', createdAt: 1, ...keys });
    await expect(store.loadIdentity()).rejects.toThrow(/storage_failed/);
  });
});

function keysIn(value: unknown): CryptoKey[] {
  if (value instanceof CryptoKey) return [value];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.values(value).flatMap(keysIn);
}
