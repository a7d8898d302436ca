import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openFileAgentStore } from '../../src/storage/file/agent-store.ts';
import { measureSessions, openStage, type SessionsRow } from './suite.ts';

/** What sessions and requests cost an agent on Node, over SQLite. */
export async function benchSessionsInNode(): Promise<SessionsRow> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const memory = async () => {
    if (typeof collect === 'function') for (let times = 0; times < 4; times++) collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
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
