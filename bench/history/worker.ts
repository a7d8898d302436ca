import { openDB } from 'idb';
import { openAgentStore } from '../../src/storage/indexeddb/agent-store.ts';
import { agentDatabaseName } from '../../src/storage/indexeddb/schema.ts';
import { benchHistory } from './suite.ts';

/** Bytes of tokens, places and postings, and eight for each number of a key. */
async function indexBytes(name: string): Promise<number> {
  const database = await openDB(agentDatabaseName(name));
  let sum = 0;
  for (const store of ['recentTokens', 'segments', 'postings']) {
    for (const row of await database.getAll(store)) {
      for (const value of Object.values<unknown>(row)) sum += value instanceof Uint8Array ? value.length : 8;
    }
  }
  database.close();
  return sum;
}

/** The benchmark in a dedicated worker, which is where the product's engine runs. */
try {
  const stores = { open: openAgentStore, close: () => undefined, indexBytes };
  self.postMessage({ rows: await benchHistory('Chromium', stores) });
} catch (error) {
  self.postMessage({ error: String(error) });
}
