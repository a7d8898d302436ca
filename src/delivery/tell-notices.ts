import { asParleyError, type ParleyError } from '../protocol/errors.ts';
import type { NoticeHub } from './notice-hub.ts';

/** Milliseconds between two notices to one agent: what is new meanwhile is told with the second. */
const gatherMs = 100;
/** Milliseconds before the inbox is looked at again after it could not be. */
const againMs = 2_000;
/** Groups of one notice. */
const groupsPerNotice = 400;
/** Agents whose inbox is remembered. */
const mostRemembered = 10_000;

/** A notice of the delivery service (groups page, section 4). */
export interface Notice {
  readonly type: 'notice';
  /** The index that the next Welcome in the inbox gets. */
  readonly inbox: number;
  /** Groups with something new, each with the index of its newest entry. */
  readonly groups: readonly (readonly [groupId: string, index: number])[];
}

/** Those of the agents that can be told something here. */
export interface NoticeReaders {
  has(agentId: string): boolean;
  tell(agentId: string, notice: Notice): void;
}

/** What notices are made from. */
export interface NoticeDeps {
  readonly hub: Pick<NoticeHub, 'subscribe'>;
  /** Index that the next Welcome of an inbox gets. */
  readonly inboxNext: (agentId: string) => Promise<number>;
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  /** Hears that an inbox could not be looked at; it is looked at again. */
  readonly failed: (error: ParleyError) => void;
}

/** Tells agents that read here what is new for them. */
export interface NoticeTeller {
  /** Looks at each inbox again before the next notice: news may have been lost. */
  forget(): void;
  stop(): void;
}

/**
 * Tells `readers` of all news from now on: the first at once, what comes right after it gathered, so that a busy group costs an agent
 * ten notices a second at most.
 */
export function tellNotices(readers: NoticeReaders, deps: NoticeDeps): NoticeTeller {
  const waiting = new Map<string, Map<string, number>>();
  const inboxes = new Map<string, Promise<number>>();
  let isStopped = false;

  const inboxOf = (agentId: string): Promise<number> => {
    const known = inboxes.get(agentId);
    if (known !== undefined) return known;
    for (const oldest of inboxes.keys()) {
      if (inboxes.size < mostRemembered) break;
      inboxes.delete(oldest);
    }
    const asked = deps.inboxNext(agentId);
    inboxes.set(agentId, asked);
    return asked;
  };

  /** Tells what waits. Resolves to the milliseconds until the next notice. */
  const tell = async (agentId: string, groups: Map<string, number>): Promise<number> => {
    try {
      const inbox = await inboxOf(agentId);
      const all = [...groups];
      groups.clear();
      for (let from = 0; from === 0 || from < all.length; from += groupsPerNotice) {
        readers.tell(agentId, { type: 'notice', inbox, groups: all.slice(from, from + groupsPerNotice) });
      }
      return gatherMs;
    } catch (cause) {
      inboxes.delete(agentId);
      deps.failed(asParleyError(cause));
      return againMs;
    }
  };

  const due = new Set<string>();
  const run = async (agentId: string, groups: Map<string, number>) => {
    while (!isStopped && due.delete(agentId) && readers.has(agentId)) {
      const pauseMs = await tell(agentId, groups);
      if (pauseMs === againMs) due.add(agentId);
      await deps.pause(pauseMs);
    }
    due.delete(agentId);
    waiting.delete(agentId);
  };

  const unsubscribe = deps.hub.subscribe((agentId, { inbox, group }) => {
    // What is looked up from now on has the Welcome; what was asked before may not have it.
    if (inbox !== undefined) inboxes.delete(agentId);
    if (!readers.has(agentId)) return;
    const before = waiting.get(agentId);
    const groups = before ?? new Map<string, number>();
    if (group !== undefined) groups.set(group[0], Math.max(group[1], groups.get(group[0]) ?? 0));
    due.add(agentId);
    if (before !== undefined) return;
    waiting.set(agentId, groups);
    void run(agentId, groups);
  });
  return {
    forget: () => inboxes.clear(),
    stop: () => {
      isStopped = true;
      unsubscribe();
    },
  };
}
