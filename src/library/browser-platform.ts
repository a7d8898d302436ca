import { generateRsa } from '../agent/platform.ts';
import { holdAgentLock } from '../engine/agent-lock.ts';
import { ParleyError } from '../protocol/errors.ts';
import { openAgentStore } from '../storage/indexeddb/agent-store.ts';
import type { Platform } from './platform.ts';

/** Keys in IndexedDB that nobody can take out, held by one tab at a time. */
export const browserPlatform: Platform = {
  generateRsa,
  openStore: async (agentId) => {
    let close = () => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    if (!(await holdAgentLock(agentId, false, () => undefined, closed))) {
      throw new ParleyError('agent_in_use', `${agentId} is open in another tab. Close it there, then try again.`);
    }
    return { store: await openAgentStore(agentId), close };
  },
};
