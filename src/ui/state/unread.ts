import * as v from 'valibot';
import { create, type StoreApi } from 'zustand';
import { conversationOf, groupOfConversation } from '../../agent/contracts/group-views.ts';
import type { AgentState } from './agent-state.ts';
import { News } from './news.ts';
import { isStorageRefusal } from './storage-refusal.ts';
import { filesOffered } from './unread-of-files.ts';
import { unreadOfGroups } from './unread-of-groups.ts';

type Counts = Readonly<Record<string, number>>;

/** How much of each peer nobody has seen, by agent. */
const useUnread = create<Readonly<Record<string, Counts>>>(() => ({}));
const none: Counts = {};
const stored = v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1)));

/** The conversations on screen: the element of each, whose it is and with whom. */
const onScreen = new Map<Element, { readonly agentId: string; readonly peerId: string }>();

/** Returns how much of a conversation nobody has seen: requests, answers and offered files of a peer, what was said in a group, or an invitation. */
export function useUnreadOf(agentId: string, peerId: string): number {
  return useUnread((all) => all[agentId]?.[peerId] ?? 0);
}

/** Returns how many requests and answers of all peers of these agents nobody has seen. */
export function useUnreadTotal(...agentIds: readonly string[]): number {
  return useUnread((all) =>
    agentIds.flatMap((agentId) => Object.values(all[agentId] ?? none)).reduce((sum, count) => sum + count, 0),
  );
}

/** Counts what arrives for an agent of this page while its conversation is not in view; a reload keeps the counts. */
export function countUnread(agentId: string, agent: StoreApi<AgentState>): () => void {
  const news = new News(Date.now());
  set(agentId, remembered(agentId));
  return agent.subscribe((state, before) => {
    if (state.phase.phase === 'forgotten') return set(agentId, none);
    const counts = new Map(Object.entries(useUnread.getState()[agentId] ?? none));
    // The agent itself counts what is said in groups.
    const arrived = news
      .since(state.exchanges)
      .filter(({ peerId }) => groupOfConversation(peerId) === undefined && !isInView(agentId, peerId));
    const offered = filesOffered(state, before).filter(({ peerId }) => !isInView(agentId, peerId));
    for (const { peerId } of [...arrived, ...offered]) counts.set(peerId, (counts.get(peerId) ?? 0) + 1);
    const changed = unreadOfGroups(counts, state, before, (groupId) => isInView(agentId, conversationOf(groupId)));
    if (arrived.length > 0 || offered.length > 0 || changed) set(agentId, Object.fromEntries(counts));
  });
}

/** Takes a conversation for seen whenever `element` is in view, and calls `seen` then, until the function it returns is called. */
export function seeConversation(element: Element, agentId: string, peerId: string, seen?: () => void): () => void {
  const look = () => {
    if (document.visibilityState !== 'visible' || !onScreen.has(element)) return;
    seen?.();
    const { [peerId]: unseen, ...others } = useUnread.getState()[agentId] ?? none;
    if (unseen !== undefined) set(agentId, others);
  };
  const observer = new IntersectionObserver((entries) => {
    if (entries.at(-1)?.isIntersecting === true) onScreen.set(element, { agentId, peerId });
    else onScreen.delete(element);
    look();
  });
  observer.observe(element);
  document.addEventListener('visibilitychange', look);
  return () => {
    observer.disconnect();
    document.removeEventListener('visibilitychange', look);
    onScreen.delete(element);
  };
}

/** True while a conversation is on screen and the page is in view. */
export function isInView(agentId: string, peerId: string): boolean {
  if (document.visibilityState !== 'visible') return false;
  return [...onScreen.values()].some((shown) => shown.agentId === agentId && shown.peerId === peerId);
}

const storageKey = (agentId: string) => `parley:unread:${agentId}`;

function set(agentId: string, counts: Counts): void {
  useUnread.setState({ [agentId]: counts });
  try {
    if (Object.keys(counts).length === 0) sessionStorage.removeItem(storageKey(agentId));
    else sessionStorage.setItem(storageKey(agentId), JSON.stringify(counts));
  } catch (cause) {
    // Then a reload forgets the counts, not what they count.
    if (!isStorageRefusal(cause)) throw cause;
  }
}

function remembered(agentId: string): Counts {
  try {
    const { success, output } = v.safeParse(stored, JSON.parse(sessionStorage.getItem(storageKey(agentId)) ?? '{}'));
    return success ? output : none;
  } catch (cause) {
    if (!isStorageRefusal(cause) && !(cause instanceof SyntaxError)) throw cause;
    return none;
  }
}
