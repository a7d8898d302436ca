import * as v from 'valibot';
import { createStore, type StoreApi } from 'zustand';
import { recordedEnd } from '../../agent/contracts/trace-events-v3.ts';
import type { RecordedEnd } from '../../recording/recording.ts';
import type { AgentState } from './agent-state.ts';

/** The channel over which the tabs of a browser show each other what their agents recorded. Nothing secret is on it. */
const channelName = 'parley:traces';
/** Milliseconds over which an end's growth is gathered before it is told. */
const gatherMs = 30;

const id = v.pipe(v.string(), v.maxLength(64));
const message = v.variant('type', [
  v.strictObject({ type: v.literal('ask'), sessionId: id, asker: id }),
  v.strictObject({ type: v.literal('end'), sessionId: id, agentId: id, end: recordedEnd }),
]);

/** What the peers' tabs in this browser recorded of the sessions with this agent, by session. */
export interface OtherEnds {
  readonly store: StoreApi<Readonly<Record<string, RecordedEnd>>>;
  /** Asks the peer's tab, if there is one, for its end of a session; it tells of every change from then on. */
  ask(sessionId: string): void;
  close(): void;
}

/** Shows the peers' tabs what this agent recorded, and keeps what they show. */
export function openOtherEnds(agentId: string, agent: StoreApi<AgentState>): OtherEnds {
  const channel = new BroadcastChannel(channelName);
  const store = createStore<Readonly<Record<string, RecordedEnd>>>(() => ({}));
  const asked = new Set<string>();
  const told = new Map<string, readonly unknown[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = () => {
    timer = undefined;
    const { sessions, traces } = agent.getState();
    for (const sessionId of asked) {
      const session = sessions.find((each) => each.sessionId === sessionId);
      const events = traces[sessionId];
      if (session === undefined || events === undefined || told.get(sessionId) === events) continue;
      told.set(sessionId, events);
      channel.postMessage({ type: 'end', sessionId, agentId, end: { role: session.role, events } });
    }
  };
  const tellSoon = () => {
    if (asked.size > 0) timer ??= setTimeout(tell, gatherMs);
  };
  const unsubscribe = agent.subscribe(tellSoon);

  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const { success, output } = v.safeParse(message, data);
    if (!success) return;
    if (output.type === 'ask') {
      if (output.asker === agentId) return;
      asked.add(output.sessionId);
      told.delete(output.sessionId);
      tellSoon();
      return;
    }
    const session = agent.getState().sessions.find(({ sessionId }) => sessionId === output.sessionId);
    if (session?.peerId === output.agentId && session.role !== output.end.role) {
      store.setState({ [output.sessionId]: output.end });
    }
  });

  return {
    store,
    ask: (sessionId) => channel.postMessage({ type: 'ask', sessionId, asker: agentId }),
    close: () => {
      unsubscribe();
      clearTimeout(timer);
      channel.close();
    },
  };
}
