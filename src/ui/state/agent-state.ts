import type {
  AgentEvent,
  AgentPhase,
  AgentSnapshot,
  Answering,
  ExchangeView,
  LineView,
  SessionView,
  StorageView,
  TrimmedEvent,
  VerificationView,
  WireView,
} from '../../agent/contracts/views.ts';
import type { TraceEvent } from '../../protocol/trace/events.ts';

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

type Deleted = Extract<AgentEvent, { readonly type: 'deleted' }>;

export const emptyAgentState: AgentState = {
  phase: { phase: 'starting' },
  sessions: [],
  exchanges: [],
  wire: [],
  traces: {},
  verifications: [],
  answering: 'handlers',
  methods: [],
  deleted: new Map(),
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
  const trimmed: TrimmedEvent[] = [];
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
      case 'trimmed':
        trimmed.push(event);
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
        if (index >= (state.traces[sessionId]?.length ?? 0) + grown.length) {
          grown.push(event.event);
          traces.set(sessionId, grown);
        }
        break;
      }
    }
  }
  // The agent says what it holds no longer: a page holds as much, and no more.
  const gone = (of: (event: TrimmedEvent) => readonly string[]) => new Set(trimmed.flatMap(of));
  const goneSessions = gone((event) => event.sessions);
  return {
    ...state,
    phase,
    answering,
    directoryVersion,
    // Whoever takes the name of an agent that was forgotten counts its exchanges from one again.
    deleted: phase.phase === 'forgotten' ? new Map() : withDeleted(state.deleted, deleted),
    ...(storage === undefined ? {} : { storage }),
    ...(line === undefined ? {} : { line }),
    sessions: mergedWithout(state.sessions, sessions, ({ sessionId }) => sessionId, goneSessions),
    verifications: merged(state.verifications, verifications, ({ peerId }) => peerId),
    exchanges: without(
      deleted,
      mergedWithout(
        state.exchanges,
        exchanges,
        exchangeKey,
        gone((event) => event.exchanges),
      ),
    ),
    wire: mergedWithout(
      state.wire,
      wire,
      ({ id }) => id,
      gone((event) => event.wire),
    ),
    traces: tracesWithout(
      mergedTraces(state.traces, traces),
      new Set([...goneSessions, ...gone((event) => event.traces)]),
    ),
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
  before: ReadonlyMap<string, DeletedSequences>,
  deleted: readonly Deleted[],
): ReadonlyMap<string, DeletedSequences> {
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

function mergedWithout<T>(
  before: readonly T[],
  changed: readonly T[],
  keyOf: (item: T) => string,
  gone: ReadonlySet<string>,
): readonly T[] {
  const items = merged(before, changed, keyOf);
  return gone.size === 0 ? items : items.filter((item) => !gone.has(keyOf(item)));
}

function tracesWithout(traces: AgentState['traces'], gone: ReadonlySet<string>): AgentState['traces'] {
  if (gone.size === 0) return traces;
  return Object.fromEntries(Object.entries(traces).filter(([id]) => !gone.has(id)));
}

function mergedTraces(before: AgentState['traces'], grown: ReadonlyMap<string, readonly TraceEvent[]>) {
  if (grown.size === 0) return before;
  const traces = { ...before };
  for (const [sessionId, events] of grown) traces[sessionId] = [...(traces[sessionId] ?? []), ...events];
  return traces;
}
