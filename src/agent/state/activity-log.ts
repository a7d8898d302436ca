import { type ErrorCode, ParleyError } from '../../protocol/errors.ts';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import { applyToActivity, deletedKeys, emptyActivity } from '../contracts/event-reducer.ts';
import type { Which } from '../contracts/history-store.ts';
import {
  type AgentEvent,
  type AgentSnapshot,
  type ExchangeView,
  exchangeKey,
  type SessionView,
  type TrimmedEvent,
  type WireView,
} from '../contracts/views.ts';
import { type Capacity, FairStore } from './fair-store.ts';
import { jsonWeight } from './json-weight.ts';

/** How much an agent remembers to show, for all peers together; weights are about bytes of memory. See `FairStore` for who loses. */
export interface LogCapacity {
  readonly endedSessions: Capacity;
  /** Events of one session. */
  readonly traceEvents: number;
  readonly exchanges: Capacity;
  /** HTTP exchanges that carry messages. */
  readonly messages: Capacity;
  /** HTTP exchanges that carry parts of streams: a long one leaves everything else where it is. */
  readonly parts: Capacity;
  /** HTTP exchanges that carry handshakes, some 15 kB each. */
  readonly handshakes: Capacity;
  readonly traces: Capacity;
}

const standardCapacity: LogCapacity = {
  endedSessions: { items: 300, weight: 300 },
  traceEvents: 400,
  exchanges: { items: 10_000, weight: 32 * 1_024 * 1_024 },
  messages: { items: 10_000, weight: 16 * 1_024 * 1_024 },
  parts: { items: 1_000, weight: 4 * 1_024 * 1_024 },
  handshakes: { items: 1_000, weight: 512 * 1_024 },
  traces: { items: 1_000, weight: 768 * 1_024 },
};

/** What an item weighs beside its text. */
const itemWeight = 256;

type Trimmed = Omit<TrimmedEvent, 'type'>;

/** Hears of every step and every change of a session, also of what is too common to be kept here, and that something was removed. */
export interface ActivityWatcher {
  trace?(sessionId: string, peerId: string, event: TraceEvent): void;
  session?(now: SessionView, before: SessionView | undefined): void;
  removed?(): void;
}

/**
 * What happened, kept in memory for whoever looks: sessions, conversation, wire log and traces. It holds what its own events say, and
 * chooses what goes when there is too much.
 */
export class ActivityLog {
  readonly #emit: (event: AgentEvent) => void;
  readonly #mostEvents: number;
  readonly #watchers = new Set<ActivityWatcher>();
  readonly #activity = emptyActivity();
  /** Whose share of the room each item takes, by the keys of the activity. A session has one once it has ended, of weight 1. */
  readonly #ended: FairStore<null>;
  readonly #exchanges: FairStore<null>;
  readonly #messages: FairStore<null>;
  readonly #parts: FairStore<null>;
  readonly #handshakes: FairStore<null>;
  /** Holds what each trace weighs. */
  readonly #traces: FairStore<number>;

  constructor(emit: (event: AgentEvent) => void, capacity = standardCapacity) {
    this.#emit = emit;
    this.#mostEvents = capacity.traceEvents;
    this.#ended = new FairStore(capacity.endedSessions);
    this.#exchanges = new FairStore(capacity.exchanges);
    this.#messages = new FairStore(capacity.messages);
    this.#parts = new FairStore(capacity.parts);
    this.#handshakes = new FairStore(capacity.handshakes);
    this.#traces = new FairStore(capacity.traces);
  }

  /** Tells `watcher` of everything from now on; the function it returns ends that. */
  follow(watcher: ActivityWatcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  session(id: string): SessionView | undefined {
    return this.#activity.sessions.get(id);
  }

  /** Returns the view of a session that was just put. */
  requireSession(id: string): SessionView {
    const view = this.session(id);
    if (view !== undefined) return view;
    throw new ParleyError('internal_error', 'The session was not recorded.');
  }

  /** Adds a session's view or replaces it. */
  putSession(session: SessionView): void {
    const { sessionId } = session;
    const before = this.session(sessionId);
    for (const watcher of this.#watchers) watcher.session?.(session, before);
    this.#tell({ type: 'session', session });
    // A living session is never forgotten, however many refused handshakes come in.
    if (hasEnded(session)) {
      const sessions = this.#ended.set(sessionId, ownerOf(session), 1, null);
      for (const id of sessions) this.#traces.delete(id);
      this.#tellTrimmed({ sessions });
    }
    if (ownerOf(before) !== ownerOf(session)) this.#shareTrace(sessionId, this.#traces.get(sessionId));
  }

  /** Brings back a session of an earlier run, which has ended, with its trace. Watchers have heard of it then. */
  restore(session: SessionView, events: readonly TraceEvent[]): void {
    const { sessionId } = session;
    if (this.session(sessionId) !== undefined || !hasEnded(session)) return;
    this.#tell({ type: 'session', session });
    this.#tellTrimmed({ sessions: this.#ended.set(sessionId, ownerOf(session), 1, null) });
    const weight = events.reduce((sum, event) => sum + eventWeight(event), itemWeight);
    for (const [index, event] of events.entries()) this.#tell({ type: 'trace', sessionId, index, event });
    this.#shareTrace(sessionId, weight);
  }

  /** Forgets those of these sessions that have ended. */
  dropEnded(sessionIds: readonly string[]): void {
    const sessions = sessionIds.filter((id) => {
      const session = this.session(id);
      return session !== undefined && hasEnded(session);
    });
    for (const id of sessions) {
      this.#ended.delete(id);
      this.#traces.delete(id);
    }
    this.#tellTrimmed({ sessions });
  }

  /** Returns a copy of what is recorded of a session. */
  traceOf(sessionId: string): readonly TraceEvent[] {
    return this.#activity.traces.of(sessionId);
  }

  /** Changes members of a session's view, if it is still remembered. */
  updateSession(id: string, change: Partial<SessionView>): void {
    const session = this.session(id);
    if (session !== undefined) this.putSession({ ...session, ...change });
  }

  exchange(key: string): ExchangeView | undefined {
    return this.#activity.exchanges.get(key);
  }

  /** Adds an exchange's view or replaces it. */
  putExchange(exchange: ExchangeView): void {
    const { parameters, result, answer } = exchange;
    const text = answer?.text?.length ?? 0;
    const weight = 2 * itemWeight + jsonWeight(parameters) + jsonWeight(result ?? null) + text;
    this.#tell({ type: 'exchange', exchange });
    this.#tellTrimmed({ exchanges: this.#exchanges.set(exchangeKey(exchange), exchange.peerId, weight, null) });
  }

  /** Forgets exchanges that were deleted from the history with a peer. */
  dropExchanges(peerId: string, which: Which): void {
    for (const key of deletedKeys(this.#activity.exchanges.items, { peerId, which })) this.#exchanges.delete(key);
    this.#tell({ type: 'deleted', peerId, which });
  }

  /** Adds a wire entry or replaces it. */
  putWire(whole: WireView): void {
    const isPart = isPartOfStream(whole);
    const entry = isPart ? withoutMost(whole) : whole;
    const { requestBody, responseBody = '', url } = entry;
    // What an entry carries is known once it is opened: it may have been put among the messages before.
    if (isPart) this.#messages.delete(entry.id);
    const shares = isPart ? this.#parts : url.endsWith('/agent/handshake') ? this.#handshakes : this.#messages;
    const weight = 2 * itemWeight + requestBody.length + responseBody.length;
    this.#tell({ type: 'wire', entry });
    this.#tellTrimmed({ wire: shares.set(entry.id, wireOwner(entry), weight, null) });
  }

  /** Adds an event to a session's trace. A passed check of an envelope is too common to be kept. */
  trace(sessionId: string, event: TraceEvent): void {
    const session = this.session(sessionId);
    for (const watcher of this.#watchers) watcher.trace?.(sessionId, session?.peerId ?? '', event);
    if (event.kind === 'operation' && event.operation === 'encrypt_message') return;
    if (event.kind === 'check' && event.of === 'ENVELOPE' && event.outcome === 'passed') return;
    const index = this.#activity.traces.length(sessionId);
    // What follows on a trace that had to go is of no use without its beginning.
    if (session?.isTraceDropped === true || index >= this.#mostEvents) return;
    const weight = (this.#traces.get(sessionId) ?? itemWeight) + eventWeight(event);
    this.#tell({ type: 'trace', sessionId, index, event });
    this.#shareTrace(sessionId, weight);
  }

  #shareTrace(sessionId: string, weight: number | undefined): void {
    if (weight === undefined) return;
    const traces = this.#traces.set(sessionId, ownerOf(this.session(sessionId)), weight, weight);
    for (const id of traces) this.updateSession(id, { isTraceDropped: true });
    this.#tellTrimmed({ traces });
  }

  #tellTrimmed({ sessions = [], exchanges = [], wire = [], traces = [] }: Partial<Trimmed>): void {
    if (sessions.length + exchanges.length + wire.length + traces.length === 0) return;
    this.#tell({ type: 'trimmed', sessions, exchanges, wire, traces });
  }

  /** Holds what an event says, and tells it. */
  #tell(event: AgentEvent): void {
    applyToActivity(this.#activity, event);
    this.#emit(event);
    if (event.type !== 'deleted' && event.type !== 'trimmed') return;
    for (const watcher of this.#watchers) watcher.removed?.();
  }

  /** Forgets the conversation, the wire log and the sessions that are over. */
  clear(): void {
    const { sessions, exchanges, wire } = this.#activity;
    const ended = sessions.items.filter(hasEnded).map(({ sessionId }) => sessionId);
    for (const id of ended) this.#traces.delete(id);
    for (const shares of [this.#ended, this.#exchanges, this.#messages, this.#parts, this.#handshakes]) shares.clear();
    this.#tellTrimmed({
      sessions: ended,
      exchanges: exchanges.items.map(exchangeKey),
      wire: wire.items.map(({ id }) => id),
    });
  }

  /** Returns everything at once. */
  snapshot(): Pick<AgentSnapshot, 'sessions' | 'exchanges' | 'wire' | 'traces'> {
    const { sessions, exchanges, wire, traces } = this.#activity;
    return { sessions: sessions.items, exchanges: exchanges.items, wire: wire.items, traces: traces.record };
  }
}

function hasEnded({ status }: SessionView): boolean {
  return status !== 'ESTABLISHED' && status !== 'HANDSHAKING';
}

/**
 * Returns whose share a session's trace takes: nobody's in particular while it is only claimed whose the session is.
 */
function ownerOf(session: SessionView | undefined): string {
  if (session === undefined) return '';
  const isProven = session.role === 'client' || session.keyFingerprint !== undefined;
  return isProven ? session.peerId : '';
}

/**
 * Returns whose share an HTTP exchange takes: that of a peer which is only claimed, or was refused, nobody's in
 * particular.
 */
function wireOwner({ direction, peerId = '', status = 0 }: WireView): string {
  return direction === 'outgoing' || status === 200 ? peerId : '';
}

function isPartOfStream({ carried }: WireView): boolean {
  return carried?.asked === 'STREAM_READ' || carried?.asked === 'STREAM_WRITE';
}

/** Characters of a body that are kept of a part of a stream: 1 KiB of bytes as base64, which has the head of an envelope. */
const keptOfPart = 1_368;

/** Returns an exchange with the beginnings of its bodies. */
function withoutMost({ requestBody, responseBody, ...rest }: WireView): WireView {
  const cut = (body: string, form: 'binary' | undefined) =>
    body.length <= keptOfPart ? body : `${body.slice(0, keptOfPart)}${form === 'binary' ? '' : '…'}`;
  return {
    ...rest,
    requestBody: cut(requestBody, rest.requestForm),
    ...(responseBody === undefined ? {} : { responseBody: cut(responseBody, rest.responseForm) }),
  };
}

function eventWeight(event: TraceEvent): number {
  return itemWeight + (event.kind === 'message' ? event.body.length : 0);
}

/** The codes after which the peer may simply have started anew: the request goes out again in a session of its own. */
const sessionLost: readonly ErrorCode[] = ['unknown_session', 'session_expired', 'session_closed', 'unknown_epoch'];

/** True when a new handshake is the way on. */
export function isSessionLost(error: ParleyError): boolean {
  return sessionLost.includes(error.code);
}
