import { applyEvents as applyToSnapshot } from '../../agent/contracts/event-reducer.ts';
import { usualGroupSettings } from '../../agent/contracts/group-views.ts';
import type { AgentEvent, AgentSnapshot } from '../../agent/contracts/views.ts';

/** All that a page shows of an agent. Each list is in the order in which its members first appeared. */
export interface AgentState extends AgentSnapshot {
  /** What was deleted from the history while this page looked, by peer. */
  readonly deleted: ReadonlyMap<string, DeletedSequences>;
  /** Grows with every change of the directory. */
  readonly directoryVersion: number;
}

/** What was deleted of a conversation: everything up to a sequence, and single ones. */
export interface DeletedSequences {
  readonly upTo: number;
  readonly single: ReadonlySet<number>;
}

export const emptyAgentState: AgentState = {
  phase: { phase: 'starting' },
  sessions: [],
  exchanges: [],
  wire: [],
  traces: {},
  verifications: [],
  answering: 'handlers',
  methods: [],
  groups: [],
  invitations: [],
  groupSettings: usualGroupSettings,
  files: [],
  deleted: new Map(),
  directoryVersion: 0,
};

/** Returns the state after `events`, in their order. Events and snapshots come on different ways, and either may be late. */
export function applyEvents(state: AgentState, events: readonly AgentEvent[]): AgentState {
  const after = applyToSnapshot(state, events);
  return {
    ...after,
    // Whoever takes the name of an agent that was forgotten counts its exchanges from one again.
    deleted: after.phase.phase === 'forgotten' ? new Map() : withDeleted(state.deleted, events),
    directoryVersion: state.directoryVersion + events.filter(({ type }) => type === 'directory').length,
  };
}

/** Returns the state that a snapshot and the events heard until it arrived make together. */
export function fromSnapshot(
  snapshot: AgentSnapshot,
  heard: readonly AgentEvent[],
  { directoryVersion, deleted }: Pick<AgentState, 'directoryVersion' | 'deleted'> = emptyAgentState,
): AgentState {
  return applyEvents({ ...snapshot, directoryVersion, deleted }, heard);
}

function withDeleted(
  before: ReadonlyMap<string, DeletedSequences>,
  events: readonly AgentEvent[],
): ReadonlyMap<string, DeletedSequences> {
  const deleted = events.filter((event) => event.type === 'deleted');
  if (deleted.length === 0) return before;
  const after = new Map(before);
  for (const { peerId, which } of deleted) {
    const { upTo = 0, single = new Set<number>() } = after.get(peerId) ?? {};
    after.set(
      peerId,
      'upTo' in which
        ? { upTo: Math.max(upTo, which.upTo), single }
        : { upTo, single: new Set([...single, ...which.sequences]) },
    );
  }
  return after;
}
