import { openAgentStore } from '../../src/storage/indexeddb/agent-store.ts';
import { measureSessions, openStage, type SessionsRow } from './suite.ts';

/** Measures in this page. `memory` gives the bytes that it uses, which only somebody outside can tell. */
export async function measureInPage(memory: () => Promise<number>): Promise<SessionsRow> {
  const store = await openAgentStore('bench_agent');
  return measureSessions('Chromium', await openStage(store, false), memory, async () => undefined);
}
