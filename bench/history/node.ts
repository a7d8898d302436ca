import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AgentStore } from '../../src/agent/contracts/ports.ts';
import { type FileAgentStore, openFileAgentStore } from '../../src/storage/file/agent-store.ts';
import { benchHistory, type HistoryRow } from './suite.ts';

/** The benchmark over SQLite. */
export async function benchHistoryInNode(): Promise<readonly HistoryRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const opened = new Map<AgentStore, FileAgentStore>();
  try {
    return await benchHistory('Node', {
      open: async (name) => {
        const store = await openFileAgentStore(join(root, name));
        opened.set(store, store);
        return store;
      },
      close: (store) => opened.get(store)?.close(),
      indexBytes: async (name) => {
        const database = new DatabaseSync(join(root, name, 'agent.db'));
        const { sum } =
          database
            .prepare(
              `SELECT (SELECT coalesce(sum(length(tokens) + length(peer_id) + 16), 0) FROM recent_tokens)
                + (SELECT coalesce(sum(length(places) + length(peers) + 8), 0) FROM segments)
                + (SELECT coalesce(sum(length(bytes) + 16), 0) FROM postings) AS sum`,
            )
            .get() ?? {};
        database.close();
        return Number(sum);
      },
    });
  } finally {
    await rm(root, { recursive: true });
  }
}
