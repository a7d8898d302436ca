import { openDB } from 'idb';
import { describe, expect, test, vi } from 'vitest';
import { openAgentStore } from './agent-store.ts';
import { keepsAnything, knownAgents } from './known-agents.ts';
import { agentDatabaseName } from './schema.ts';

describe('the agents of this browser', () => {
  test('do not come back when one is forgotten while they are listed', async () => {
    const name = agentDatabaseName('forgotten_agent');
    const databases = vi.spyOn(indexedDB, 'databases').mockResolvedValueOnce([{ name, version: 2 }]);
    expect(await knownAgents()).toEqual([]);
    databases.mockRestore();
    expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name);
  });

  test('are told with their fingerprint and when they were used, the last used first', async () => {
    const rsa = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
    const keys = {
      signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']),
      encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, ['encrypt', 'decrypt']),
    };
    const registration = {
      certificates: { signing: new TextEncoder().encode('abc'), encryption: Uint8Array.of(2) },
      caCertificate: Uint8Array.of(3),
    };
    const address = 'https://localhost:5002';
    for (const [agentId, usedAt] of [
      ['known_one', 10],
      ['known_two', 20],
    ] as const) {
      const store = await openAgentStore(agentId);
      await store.saveIdentity({ agentId, address, createdAt: 1, usedAt, registration, ...keys });
    }
    await openAgentStore('known_three');
    expect(await keepsAnything('known_one'), 'a registration').toBe(true);
    expect(await keepsAnything('known_three'), 'nothing yet').toBe(false);
    expect(await keepsAnything('known_four'), 'not there').toBe(false);
    const found = (await knownAgents()).filter(({ agentId }) => agentId.startsWith('known_'));
    // SHA-256 of "abc" (FIPS 180-4).
    const signingFingerprint = expect.stringMatching(/^ba:78:16:bf:.*:15:ad$/);
    expect(found).toEqual([
      { agentId: 'known_two', usedAt: 20, signingFingerprint },
      { agentId: 'known_one', usedAt: 10, signingFingerprint },
      { agentId: 'known_three' },
    ]);
  });

  test('keep something also without a registration, once they have a conversation or an imported history', async () => {
    for (const [agentId, store, record] of [
      ['kept_exchange', 'exchanges', { peerId: 'helper_agent_001', sequence: 1 }],
      ['kept_archive', 'archives', { archiveId: 'a' }],
    ] as const) {
      await openAgentStore(agentId);
      const database = await openDB(agentDatabaseName(agentId));
      await database.put(store, record);
      database.close();
      expect(await keepsAnything(agentId), store).toBe(true);
    }
  });
});
