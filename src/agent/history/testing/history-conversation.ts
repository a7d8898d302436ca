import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import type { AgentStore } from '../../contracts/ports.ts';
import type { AgentEvent, ExchangeView } from '../../contracts/views.ts';
import { type HistoryService, startHistoryService } from '../../start/history-service.ts';
import { ActivityLog } from '../../state/activity-log.ts';
import { TestClock } from '../../testing/clock.ts';
import { loadOrCreateHistoryKeys } from '../keys.ts';
import { alone } from '../write-queue.ts';

/** The peer of the conversation. */
export const peerId = 'helper_agent_001';

/** An agent's kept conversation, without the agent. */
export interface HistoryConversation {
  readonly clock: TestClock;
  readonly store: AgentStore;
  readonly historyService: HistoryService;
  readonly activity: ActivityLog;
  readonly events: AgentEvent[];
  /** Keeps and shows an exchange that is over. */
  say(text: string): Promise<ExchangeView>;
}

/** Opens what `store` keeps. */
export async function historyConversation(
  store = createMemoryAgentStore(),
  clock = new TestClock(1_790_000_000_000),
  options: { readonly peerBudget?: number } = {},
): Promise<HistoryConversation> {
  const { subtle } = crypto;
  const events: AgentEvent[] = [];
  const emit = (event: AgentEvent) => events.push(event);
  const activity = new ActivityLog(emit);
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const environment = { subtle, random, now: clock.now, monotonic: clock.now };
  const historyService = await startHistoryService({
    agentId: 'traveller_agent_001',
    store,
    environment,
    scheduler: clock,
    activity,
    emit,
    keys: await loadOrCreateHistoryKeys(store, subtle),
    companion: alone,
    ...options,
  });
  let said = 0;
  return {
    clock,
    store,
    historyService,
    activity,
    events,
    say: async (text) => {
      const exchange = await historyService.history.keep({
        ...asked(text, `req_${++said}`),
        at: clock.now(),
        status: 'success',
      });
      activity.putExchange(exchange);
      return exchange;
    },
  };
}

/** A request that waits for its answer. */
export function asked(text: string, requestId: string): ExchangeView {
  const place = { peerId, sessionId: 'ab'.repeat(16), direction: 'outgoing' } as const;
  return { ...place, requestId, method: 'echo', parameters: text, at: 1, status: 'pending' };
}
