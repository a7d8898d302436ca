import type { ErrorCode, ParleyError } from '../../protocol/errors.ts';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import { isOneOf, type Which } from '../contracts/history-store.ts';
import type {
  AgentEvent,
  AgentSnapshot,
  ExchangeView,
  FailureView,
  Json,
  SessionView,
  TrimmedEvent,
  WireView,
} from '../contracts/views.ts';
import { FairStore } from './fair-store.ts';

/** How much an agent remembers to show, for all peers together; weights are about bytes of memory. See `FairStore` for who loses. */
const capacity = {
  endedSessions: { items: 300, weight: 300 },
  traceEvents: 400,
  exchanges: { items: 10_000, weight: 32 * 1_024 * 1_024 },
  /** HTTP exchanges that carry messages. */
  messages: { items: 10_000, weight: 16 * 1_024 * 1_024 },
  /** HTTP exchanges that carry handshakes, some 15 kB each. */
  handshakes: { items: 1_000, weight: 512 * 1_024 },
  traces: { items: 1_000, weight: 768 * 1_024 },
} as const;

/** What an item weighs beside its text. */
const itemWeight = 256;

type Trimmed = Omit<TrimmedEvent, 'type'>;

/** The events of a session, and what they weigh together. */
interface Trace {
  readonly events: TraceEvent[];
  weight: number;
}

/** A failure as a person is told it. */
export function failureView(error: ParleyError): FailureView {
  return { code: error.code, title: error.title, detail: error.detail };
}

/** Hears of every step and every change of a session, also of what is too common to be kept here. */
export interface ActivityWatcher {
  trace(sessionId: string, peerId: string, event: TraceEvent): void;
  session(now: SessionView, before: SessionView | undefined): void;
}

/** What happened, kept in memory for whoever looks: sessions, conversation, wire log and traces. */
export class ActivityLog {
  readonly #emit: (event: AgentEvent) => void;
  watcher: ActivityWatcher | undefined;
  readonly #sessions = new Map<string, SessionView>();
  /** Those of them that have ended, each with a weight of 1. */
  readonly #ended = new FairStore<SessionView>(capacity.endedSessions);
  readonly #exchanges = new FairStore<ExchangeView>(capacity.exchanges);
  readonly #messages = new FairStore<WireView>(capacity.messages);
  readonly #handshakes = new FairStore<WireView>(capacity.handshakes);
  readonly #traces = new FairStore<Trace>(capacity.traces);

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  session(id: string): SessionView | undefined {
    return this.#sessions.get(id);
  }

  /** Adds a session's view or replaces it. */
  putSession(session: SessionView): void {
    const before = this.#sessions.get(session.sessionId);
    this.watcher?.session(session, before);
    this.#sessions.set(session.sessionId, session);
    if (ownerOf(before) !== ownerOf(session)) this.#putTrace(session.sessionId, this.#traces.get(session.sessionId));
    this.#emit({ type: 'session', session });
    if (!hasEnded(session)) return;
    // A living session is never forgotten, however many refused handshakes come in.
    const sessions = this.#ended.set(session.sessionId, ownerOf(session), 1, session);
    for (const id of sessions) this.#forget(id);
    this.#tellTrimmed({ sessions });
  }

  /** Changes members of a session's view, if it is still remembered. */
  updateSession(id: string, change: Partial<SessionView>): void {
    const session = this.#sessions.get(id);
    if (session !== undefined) this.putSession({ ...session, ...change });
  }

  exchange(key: string): ExchangeView | undefined {
    return this.#exchanges.get(key);
  }

  /** Adds an exchange's view or replaces it. */
  putExchange(exchange: ExchangeView): void {
    const { parameters, result } = exchange;
    const weight = 2 * itemWeight + jsonWeight(parameters) + jsonWeight(result ?? null);
    const exchanges = this.#exchanges.set(exchangeKey(exchange), exchange.peerId, weight, exchange);
    this.#emit({ type: 'exchange', exchange });
    this.#tellTrimmed({ exchanges });
  }

  /** Forgets exchanges that were deleted from the history with a peer. */
  dropExchanges(peerId: string, which: Which): void {
    for (const [key, exchange] of [...this.#exchanges.entries()]) {
      if (exchange.peerId === peerId && isOneOf(which, exchange.sequence)) this.#exchanges.delete(key);
    }
    this.#emit({ type: 'deleted', peerId, which });
  }

  /** Adds a wire entry or replaces it. */
  putWire(entry: WireView): void {
    const { requestBody, responseBody = '', url } = entry;
    const store = url.endsWith('/agent/handshake') ? this.#handshakes : this.#messages;
    const weight = 2 * itemWeight + requestBody.length + responseBody.length;
    const wire = store.set(entry.id, wireOwner(entry), weight, entry);
    this.#emit({ type: 'wire', entry });
    this.#tellTrimmed({ wire });
  }

  /** Adds an event to a session's trace. A passed check of an envelope is too common to be kept. */
  trace(sessionId: string, event: TraceEvent): void {
    const session = this.#sessions.get(sessionId);
    this.watcher?.trace(sessionId, session?.peerId ?? '', event);
    if (event.kind === 'operation' && event.operation === 'encrypt_message') return;
    if (event.kind === 'check' && event.of === 'ENVELOPE' && event.outcome === 'passed') return;
    const trace = this.#traces.get(sessionId) ?? { events: [], weight: itemWeight };
    // What follows on a trace that had to go is of no use without its beginning.
    if (session?.isTraceDropped === true || trace.events.length >= capacity.traceEvents) return;
    const index = trace.events.push(event) - 1;
    trace.weight += eventWeight(event);
    this.#emit({ type: 'trace', sessionId, index, event });
    this.#putTrace(sessionId, trace);
  }

  #putTrace(sessionId: string, trace: Trace | undefined): void {
    if (trace === undefined) return;
    const traces = this.#traces.set(sessionId, ownerOf(this.#sessions.get(sessionId)), trace.weight, trace);
    for (const id of traces) this.updateSession(id, { isTraceDropped: true });
    this.#tellTrimmed({ traces });
  }

  #tellTrimmed({ sessions = [], exchanges = [], wire = [], traces = [] }: Partial<Trimmed>): void {
    if (sessions.length + exchanges.length + wire.length + traces.length === 0) return;
    this.#emit({ type: 'trimmed', sessions, exchanges, wire, traces });
  }

  /** Forgets the conversation, the wire log and the sessions that are over. */
  clear(): void {
    this.#exchanges.clear();
    this.#messages.clear();
    this.#handshakes.clear();
    for (const session of this.#sessions.values()) if (hasEnded(session)) this.#forget(session.sessionId);
  }

  #forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
    this.#ended.delete(sessionId);
    this.#traces.delete(sessionId);
  }

  /** Everything at once. */
  snapshot(): Pick<AgentSnapshot, 'sessions' | 'exchanges' | 'wire' | 'traces'> {
    return {
      sessions: [...this.#sessions.values()],
      exchanges: [...this.#exchanges.entries()].map(([, exchange]) => exchange),
      wire: [...this.#handshakes.entries(), ...this.#messages.entries()]
        .map(([, entry]) => entry)
        .sort((a, b) => a.at - b.at),
      traces: Object.fromEntries([...this.#traces.entries()].map(([id, { events }]) => [id, events])),
    };
  }
}

function hasEnded({ status }: SessionView): boolean {
  return status !== 'ESTABLISHED' && status !== 'HANDSHAKING';
}

/** A request_id belongs to its sender: both sides may use the same one. */
export function exchangeKey(exchange: Pick<ExchangeView, 'direction' | 'peerId' | 'requestId'>): string {
  return `${exchange.direction} ${exchange.peerId} ${exchange.requestId}`;
}

/** Whose share a session's trace takes: nobody's in particular while it is only claimed whose the session is. */
function ownerOf(session: SessionView | undefined): string {
  if (session === undefined) return '';
  const isProven = session.role === 'client' || session.keyFingerprint !== undefined;
  return isProven ? session.peerId : '';
}

/** Whose share an HTTP exchange takes: that of a peer which is only claimed, or was refused, nobody's in particular. */
function wireOwner({ direction, peerId = '', status = 0 }: WireView): string {
  return direction === 'outgoing' || status === 200 ? peerId : '';
}

function eventWeight(event: TraceEvent): number {
  return itemWeight + (event.kind === 'message' ? event.body.length : 0);
}

/** About how many bytes a JSON value takes in memory. */
function jsonWeight(value: Json): number {
  if (typeof value === 'string') return 32 + value.length;
  if (typeof value !== 'object' || value === null) return 16;
  if (isList(value)) return value.reduce((sum: number, item) => sum + jsonWeight(item), 32);
  return Object.entries(value).reduce((sum, [name, item]) => sum + name.length + jsonWeight(item), 64);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The codes after which the peer may simply have started anew: the request goes out again in a session of its own. */
const sessionLost: readonly ErrorCode[] = ['unknown_session', 'session_expired', 'session_closed', 'unknown_epoch'];

/** True when a new handshake is the way on. */
export function isSessionLost(error: ParleyError): boolean {
  return sessionLost.includes(error.code);
}
