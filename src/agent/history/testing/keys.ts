import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import { loadOrCreateHistoryKeys } from '../keys.ts';
import type { RecordContext } from '../sealed-exchange.ts';

/** What records of an agent are written and read with, with keys of its own. */
export async function recordContext(agentId = 'traveller_agent_001'): Promise<RecordContext> {
  const { subtle } = crypto;
  return {
    agentId,
    keys: await loadOrCreateHistoryKeys(createMemoryAgentStore(), subtle),
    environment: { subtle, random: (length) => crypto.getRandomValues(new Uint8Array(length)) },
  };
}
