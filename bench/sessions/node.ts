import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAgentStore } from '../../src/storage/file/agent-store.ts';
import { memoryOfProcess } from '../node-memory.ts';
import { measureSessions, openStage, type SessionsRow } from './suite.ts';

/** What sessions and requests cost an agent on Node, over SQLite. */
export async function benchSessionsInNode(): Promise<SessionsRow> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const memory = memoryOfProcess();
  const store = await openFileAgentStore(folder);
  try {
    const stage = await openStage(store, true);
    try {
      return await measureSessions('Node', stage, memory, async () => (await stat(join(folder, 'agent.db'))).size);
    } finally {
      await stage.end();
    }
  } finally {
    store.close();
    await rm(folder, { recursive: true });
  }
}
