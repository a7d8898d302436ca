import type { DeliveryNews, DeliveryNotices } from './notices.ts';

/** Carries notices from the server that appended to every server that has the agents. They are hints: what is lost is found by reading. */
export interface NoticeHub extends DeliveryNotices {
  /** Calls `listener` with everything that is new from now on; the function it returns ends that. */
  subscribe(listener: DeliveryNotices['changed']): () => void;
}

/** Creates a hub within one process. */
export function createNoticeHub(): NoticeHub {
  const listeners = new Set<DeliveryNotices['changed']>();
  return {
    changed: (agentId: string, news: DeliveryNews) => {
      for (const listener of listeners) listener(agentId, news);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
