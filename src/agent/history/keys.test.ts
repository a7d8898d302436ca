import { describe, expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { exchange } from '../../storage/testing/history-contract.ts';
import { loadOrCreateHistoryKeys } from './keys.ts';

const archive = { archiveId: 'a1'.repeat(16), agentId: 'someone_else_001', exportedAt: 1, importedAt: 2, peers: [] };

describe('the keys of the history', () => {
  test('are made once, also after everything was deleted', async () => {
    const store = createMemoryAgentStore();
    const made = await loadOrCreateHistoryKeys(store, crypto.subtle);
    expect(await loadOrCreateHistoryKeys(store, crypto.subtle)).toBe(made);
    const emptied = createMemoryAgentStore();
    await emptied.commit({ exchanges: [exchange()], audit: [] });
    await emptied.deleteExchanges('helper_agent_001', { upTo: 1 }, []);
    await expect(loadOrCreateHistoryKeys(emptied, crypto.subtle)).resolves.toBeDefined();
  });

  test('that are gone are not replaced while there are exchanges or archives under them', async () => {
    const [kept, imported] = [createMemoryAgentStore(), createMemoryAgentStore()];
    await kept.commit({ exchanges: [exchange()], audit: [] });
    await imported.addArchive(archive, []);
    for (const store of [kept, imported, { ...kept, keepsKeysAsFiles: true }]) {
      await expect(loadOrCreateHistoryKeys(store, crypto.subtle)).rejects.toThrow(/storage_failed.*Restore the keys/);
      expect(await store.loadHistoryKeys()).toBeUndefined();
    }
  });
});
