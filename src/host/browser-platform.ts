import { holdAgentLock } from '../platform/agent-lock.ts';
import { generateRsa } from '../platform/platform.ts';
import { saveFile } from '../platform/save-file.ts';
import type { AgentId } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { openAgentStore } from '../storage/indexeddb/agent-store.ts';
import type { HeldStore, Platform } from './platform.ts';

/**
 * Opens an agent's store in IndexedDB for a caller that holds the agent's lock. `lost` hears when the agent's data was deleted behind
 * its back. Rejects with `storage_failed`.
 */
export async function openBrowserStore(agentId: AgentId, lost: (why: ParleyError) => void): Promise<HeldStore> {
  return { store: await openAgentStore(agentId, lost), close: () => undefined };
}

/** Keys in IndexedDB that nobody can take out, held by one tab at a time. */
export const browserPlatform: Platform = {
  generateRsa,
  saveFile,
  openStore: async (agentId) => {
    let close = () => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    if (!(await holdAgentLock(agentId, false, () => undefined, closed))) {
      throw new ParleyError('agent_in_use', `${agentId} is open in another tab. Close it there, then try again.`);
    }
    try {
      return { store: await openAgentStore(agentId), close };
    } catch (error) {
      close();
      throw error;
    }
  },
  watchPage: ({ left, shown }) => {
    // In a worker there is no page to be left; the page that has it ends it.
    if (typeof document === 'undefined') return () => undefined;
    const comeBack = ({ persisted }: PageTransitionEvent) => {
      if (persisted) shown();
    };
    addEventListener('pagehide', left);
    addEventListener('pageshow', comeBack);
    return () => {
      removeEventListener('pagehide', left);
      removeEventListener('pageshow', comeBack);
    };
  },
};
