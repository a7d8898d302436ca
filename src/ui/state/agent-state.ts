import type { StorageView } from '../../agent/kept-views.ts';
import type {
  AgentEvent,
  AgentPhase,
  AgentSnapshot,
  Answering,
  ExchangeView,
  LineView,
  SessionView,
  VerificationView,
  WireView,
} from '../../agent/views.ts';
import type { TraceEvent } from '../../protocol/trace.ts';

/** All that a page shows of an agent. Each list is in the order in which its members first appeared. */
export interface AgentState {
  readonly phase: AgentPhase;
  readonly sessions: readonly SessionView[];
  readonly exchanges: readonly ExchangeView[];
  readonly wire: readonly WireView[];
  readonly traces: Readonly<Record<string, readonly TraceEvent[]>>;
  readonly verifications: readonly VerificationView[];
  readonly answering: Answering;
  readonly methods: readonly string[];
  /** Present when the agent is reached through a relay. */
  readonly line?: LineView;
  /** Whether what is said can be kept; absent before anything was. */
  readonly storage?: StorageView;
  /** What was deleted from the history with each peer while this page looked. */
  readonly deleted: Readonly<Record<string, DeletedSequences>>;
  /** Grows with every change of the directory. */
  readonly directoryVersion: number;
}

/** What was deleted of a conversation: everything up to a sequence, and single ones. */
export interface DeletedSequences {
  readonly upTo: number;
  readonly single: ReadonlySet<number>;
}

type Deleted = Extract<AgentEvent, { readonly type: 'deleted' }>;

/** How much is held to be shown, as much as the agent itself remembers. */
const most = { endedSessions: 300, exchanges: 10_000, wire: 10_000 } as const;

export const emptyAgentState: AgentState = {
  phase: { phase: 'starting' },
  sessions: [],
  exchanges: [],
  wire: [],
  traces: {},
  verifications: [],
  answering: 'handlers',
  methods: [],
  deleted: {},
  directoryVersion: 0,
};

/** The identity of an exchange: two agents may choose the same request id. */
export function exchangeKey({ direction, peerId, requestId }: ExchangeView): string {
  return `${direction} ${peerId} ${requestId}`;
}

/**
 * The state after `events`, in their order: a view replaces the earlier one of its id, traces grow. A trace event that the
 * state has already is not counted twice: events and snapshots come on different ways, and either may be late.
 */
export function applyEvents(state: AgentState, events: readonly AgentEvent[]): AgentState {
  const sessions: SessionView[] = [];
  const exchanges: ExchangeView[] = [];
  const wire: WireView[] = [];
  const traces = new Map<string, TraceEvent[]>();
  const verifications: VerificationView[] = [];
  const deleted: Deleted[] = [];
  let { phase, answering, line, storage, directoryVersion } = state;
  for (const event of events) {
    switch (event.type) {
      case 'phase':
        phase = event.phase;
        break;
      case 'answering':
        answering = event.answering;
        break;
      case 'line':
        line = event.line;
        break;
      case 'directory':
        directoryVersion += 1;
        break;
      case 'storage':
        storage = event.storage;
        break;
      case 'deleted':
        deleted.push(event);
        break;
      case 'verification':
        verifications.push(event.verification);
        break;
      case 'session':
        sessions.push(event.session);
        break;
      case 'exchange':
        exchanges.push(event.exchange);
        break;
      case 'wire':
        wire.push(event.entry);
        break;
      case 'trace': {
        const { sessionId, index } = event;
        const grown = traces.get(sessionId) ?? [];
        if (index >= (state.traces[sessionId]?.length ?? 0) + grown.length)
          traces.set(sessionId, [...grown, event.event]);
        break;
      }
    }
  }
  const shown = withoutOldEnded(merged(state.sessions, sessions, ({ sessionId }) => sessionId));
  return {
    ...state,
    phase,
    answering,
    directoryVersion,
    // Whoever takes the name of an agent that was forgotten counts its exchanges from one again.
    deleted: phase.phase === 'forgotten' ? {} : withDeleted(state.deleted, deleted),
    ...(storage === undefined ? {} : { storage }),
    ...(line === undefined ? {} : { line }),
    sessions: shown,
    verifications: merged(state.verifications, verifications, ({ peerId }) => peerId),
    exchanges: newest(without(deleted, merged(state.exchanges, exchanges, exchangeKey)), most.exchanges),
    wire: newest(
      merged(state.wire, wire, ({ id }) => id),
      most.wire,
    ),
    traces: tracesOf(shown, mergedTraces(state.traces, traces)),
  };
}

/** The state that a snapshot and the events heard until it arrived make together. */
export function fromSnapshot(
  snapshot: AgentSnapshot,
  heard: readonly AgentEvent[],
  { directoryVersion, deleted }: Pick<AgentState, 'directoryVersion' | 'deleted'> = emptyAgentState,
): AgentState {
  return applyEvents({ ...snapshot, directoryVersion, deleted }, heard);
}

function withDeleted(
  before: Readonly<Record<string, DeletedSequences>>,
  deleted: readonly Deleted[],
): Readonly<Record<string, DeletedSequences>> {
  if (deleted.length === 0) return before;
  const after = { ...before };
  for (const { peerId, which } of deleted) {
    const { upTo = 0, single = new Set<number>() } = after[peerId] ?? {};
    after[peerId] =
      'upTo' in which
        ? { upTo: Math.max(upTo, which.upTo), single }
        : { upTo, single: new Set([...single, ...which.sequences]) };
  }
  return after;
}

/** The exchanges less those that were deleted from the history. */
function without(deleted: readonly Deleted[], exchanges: readonly ExchangeView[]): readonly ExchangeView[] {
  if (deleted.length === 0) return exchanges;
  return exchanges.filter(
    ({ peerId, sequence }) => !deleted.some((each) => each.peerId === peerId && isOneOf(each.which, sequence)),
  );
}

function isOneOf(which: Deleted['which'], sequence: number | undefined): boolean {
  if (sequence === undefined) return false;
  return 'upTo' in which ? sequence <= which.upTo : which.sequences.includes(sequence);
}

/** Where each item of a list stands. Handed from a list to the one that follows it, so that a change costs what it changes. */
const places = new WeakMap<readonly unknown[], Map<string, number>>();

function merged<T>(before: readonly T[], changed: readonly T[], keyOf: (item: T) => string): readonly T[] {
  if (changed.length === 0) return before;
  const known = places.get(before) ?? new Map(before.map((item, i) => [keyOf(item), i]));
  places.delete(before);
  const items = before.slice();
  for (const item of changed) {
    const key = keyOf(item);
    const at = known.get(key);
    if (at === undefined) known.set(key, items.push(item) - 1);
    else items[at] = item;
  }
  places.set(items, known);
  return items;
}

function newest<T>(items: readonly T[], count: number): readonly T[] {
  // Some more than the most are held, so that the oldest go in batches and not one by one.
  return items.length <= count + 500 ? items : items.slice(-count);
}

/** A living session always stays, however many handshakes were refused after it. */
function withoutOldEnded(sessions: readonly SessionView[]): readonly SessionView[] {
  const ended = sessions.filter(({ status }) => status !== 'ESTABLISHED' && status !== 'HANDSHAKING');
  if (ended.length <= most.endedSessions) return sessions;
  const old = new Set(ended.slice(0, -most.endedSessions));
  return sessions.filter((session) => !old.has(session));
}

/** The traces less those of sessions that are shown no more. One whose session is yet to be told of stays. */
function tracesOf(sessions: readonly SessionView[], traces: AgentState['traces']): AgentState['traces'] {
  const ids = Object.keys(traces);
  if (ids.length <= sessions.length + 10) return traces;
  const shown = new Set(sessions.map(({ sessionId }) => sessionId));
  return Object.fromEntries(Object.entries(traces).filter(([id], at) => shown.has(id) || at >= ids.length - 10));
}

function mergedTraces(before: AgentState['traces'], grown: ReadonlyMap<string, readonly TraceEvent[]>) {
  if (grown.size === 0) return before;
  const traces = { ...before };
  for (const [sessionId, events] of grown) traces[sessionId] = [...(traces[sessionId] ?? []), ...events];
  return traces;
}
