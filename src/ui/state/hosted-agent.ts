import { createStore, type StoreApi } from 'zustand';
import type { AgentEvent } from '../../agent/contracts/views.ts';
import type { Engine } from '../../engine/api.ts';
import { openEngine } from '../../engine/client.ts';
import { agentAddressOf } from './agent-addresses.ts';
import { type AgentState, applyEvents, emptyAgentState, fromSnapshot } from './agent-state.ts';
import { nameIsOurs } from './chosen-names.ts';
import { dropDrafts } from './drafts.ts';
import { failureOf } from './failure.ts';
import { isRealNetwork } from './network.ts';
import { type OtherEnds, openOtherEnds } from './other-ends.ts';
import { relays } from './relays.ts';
import { countUnread } from './unread.ts';

/** Milliseconds over which events are gathered before the screen follows them: one frame. */
const gatherMs = 16;

/** An agent that this page hosts: its engine, and what the screen shows of it. */
export interface HostedAgent {
  readonly agentId: string;
  readonly address: string;
  readonly engine: Engine;
  readonly store: StoreApi<AgentState>;
  readonly otherEnds: OtherEnds;
  /** Ends the counting of what nobody has seen. */
  readonly stopCounting: () => void;
  /** Empties wire log, traces and ended sessions, here and in the engine; what is kept of conversations stays. */
  clear(): Promise<void>;
}

const hosted = new Map<string, { agent: HostedAgent; users: number }>();

/**
 * Returns the hosted agent of this id, opened when it is not yet; a quiet one resumes nothing of an earlier run by
 * itself. Pair every call with `leaveAgent`.
 */
export function enterAgent(agentId: string, isQuiet = false): HostedAgent {
  const entry = hosted.get(agentId) ?? { agent: openAgent(agentId, isQuiet), users: 0 };
  entry.users += 1;
  hosted.set(agentId, entry);
  return entry.agent;
}

/** Closes the agent once nobody on this page uses it. A remount in the same turn keeps it open. */
export function leaveAgent(agentId: string): void {
  const entry = hosted.get(agentId);
  if (entry === undefined) return;
  entry.users -= 1;
  setTimeout(() => {
    if (entry.users > 0 || hosted.get(agentId) !== entry) return;
    hosted.delete(agentId);
    entry.agent.otherEnds.close();
    entry.agent.stopCounting();
    entry.agent.engine.close();
  });
}

function openAgent(agentId: string, isQuiet: boolean): HostedAgent {
  const address = agentAddressOf(agentId);
  const engine = openEngine({
    agentId,
    address,
    controllerUrl: location.origin,
    isQuiet,
    network: isRealNetwork ? { kind: 'relay', relays: relays() } : { kind: 'bridge' },
  });
  const store = createStore<AgentState>(() => emptyAgentState);
  store.subscribe(({ phase }, before) => {
    if (phase.phase === 'ready') nameIsOurs(agentId);
    if (phase.phase === 'forgotten' && before.phase.phase !== 'forgotten') void dropDrafts(agentId);
  });
  const follow = follower(engine, store);
  void follow();
  return {
    agentId,
    address,
    engine,
    store,
    otherEnds: openOtherEnds(agentId, store),
    stopCounting: countUnread(agentId, store),
    clear: async () => {
      await engine.clear();
      await follow();
    },
  };
}

/** Keeps `store` equal to what the engine tells. The function it returns starts over from a snapshot. */
function follower(engine: Engine, store: StoreApi<AgentState>): () => Promise<void> {
  let waiting: AgentEvent[] = [];
  let heldForSnapshot = false;
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    if (heldForSnapshot) return;
    const events = waiting;
    waiting = [];
    store.setState((state) => applyEvents(state, events));
    if (events.some(isReady)) void follow();
  };
  engine.subscribe((event) => {
    waiting.push(event);
    if (!scheduled) setTimeout(flush, gatherMs);
    scheduled = true;
  });
  const follow = async () => {
    heldForSnapshot = true;
    try {
      const snapshot = await engine.snapshot();
      store.setState((state) => fromSnapshot(snapshot, waiting, state));
      waiting = [];
    } catch (cause) {
      store.setState({ phase: { phase: 'failed', failure: failureOf(cause) } });
    } finally {
      heldForSnapshot = false;
      flush();
    }
  };
  return follow;
}

/** True for the event that an agent has just become ready: it has methods, which only a snapshot tells. */
function isReady(event: AgentEvent): boolean {
  return event.type === 'phase' && event.phase.phase === 'ready';
}
