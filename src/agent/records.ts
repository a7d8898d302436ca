import type { ErrorCode, ParleyError } from '../protocol/errors.ts';
import type { TraceEvent } from '../protocol/trace.ts';
import { isOneOf, type Which } from './history/ports.ts';
import type { AgentEvent, AgentSnapshot, ExchangeView, FailureView, SessionView, WireView } from './views.ts';

/** How much an agent remembers to show; the oldest goes first. `wireText` is characters of bodies. */
const capacity = {
  endedSessions: 300,
  exchanges: 10_000,
  wire: 10_000,
  traceEvents: 400,
  wireText: 64 * 1_024 * 1_024,
} as const;

/** A failure as a person is told it. */
export function failureView(error: ParleyError): FailureView {
  return { code: error.code, title: error.title, detail: error.detail };
}

/** Hears of every step and every change of a session, also of what is too common to be kept here. */
export interface RecordsWatcher {
  trace(sessionId: string, peerId: string, event: TraceEvent): void;
  session(now: SessionView, before: SessionView | undefined): void;
}

/** What happened, kept in memory for whoever looks: sessions, conversation, wire log and traces. */
export class Records {
  readonly #emit: (event: AgentEvent) => void;
  watcher: RecordsWatcher | undefined;
  readonly #sessions = new Map<string, SessionView>();
  readonly #exchanges = new Map<string, ExchangeView>();
  readonly #wire = new Map<string, WireView>();
  #wireText = 0;
  readonly #traces = new Map<string, TraceEvent[]>();

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  session(id: string): SessionView | undefined {
    return this.#sessions.get(id);
  }

  /** Adds a session's view or replaces it. */
  putSession(session: SessionView): void {
    this.watcher?.session(session, this.#sessions.get(session.sessionId));
    this.#sessions.set(session.sessionId, session);
    if (hasEnded(session)) this.#forgetOldEnded();
    this.#emit({ type: 'session', session });
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
    this.#exchanges.set(exchangeKey(exchange), exchange);
    for (const key of oldest(this.#exchanges, capacity.exchanges)) this.#exchanges.delete(key);
    this.#emit({ type: 'exchange', exchange });
  }

  /** Forgets exchanges that were deleted from the history with a peer. */
  dropExchanges(peerId: string, which: Which): void {
    for (const [key, exchange] of this.#exchanges) {
      if (exchange.peerId === peerId && isOneOf(which, exchange.sequence)) this.#exchanges.delete(key);
    }
    this.#emit({ type: 'deleted', peerId, which });
  }

  /** Adds a wire entry or replaces it. */
  putWire(entry: WireView): void {
    this.#wireText += textOf(entry) - textOf(this.#wire.get(entry.id));
    this.#wire.set(entry.id, entry);
    for (const [id, old] of this.#wire) {
      if (this.#wire.size <= capacity.wire && this.#wireText <= capacity.wireText) break;
      this.#wireText -= textOf(old);
      this.#wire.delete(id);
    }
    this.#emit({ type: 'wire', entry });
  }

  /** Adds an event to a session's trace. A passed check of an envelope is too common to be kept. */
  trace(sessionId: string, event: TraceEvent): void {
    this.watcher?.trace(sessionId, this.#sessions.get(sessionId)?.peerId ?? '', event);
    if (event.kind === 'operation' && event.operation === 'encrypt_message') return;
    if (event.kind === 'check' && event.of === 'ENVELOPE' && event.outcome === 'passed') return;
    const events = this.#traces.get(sessionId) ?? [];
    if (events.length >= capacity.traceEvents) return;
    const index = events.push(event) - 1;
    this.#traces.set(sessionId, events);
    this.#emit({ type: 'trace', sessionId, index, event });
  }

  /** Forgets the conversation, the wire log and the sessions that are over. */
  clear(): void {
    this.#exchanges.clear();
    this.#wire.clear();
    this.#wireText = 0;
    for (const session of this.#sessions.values()) if (hasEnded(session)) this.#forget(session.sessionId);
  }

  /** A living session is never forgotten, however many refused handshakes come in. */
  #forgetOldEnded(): void {
    const ended = [...this.#sessions.values()].filter(hasEnded);
    for (const { sessionId } of ended.slice(0, Math.max(0, ended.length - capacity.endedSessions))) {
      this.#forget(sessionId);
    }
  }

  #forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
    this.#traces.delete(sessionId);
  }

  /** Everything at once. */
  snapshot(): Pick<AgentSnapshot, 'sessions' | 'exchanges' | 'wire' | 'traces'> {
    return {
      sessions: [...this.#sessions.values()],
      exchanges: [...this.#exchanges.values()],
      wire: [...this.#wire.values()],
      traces: Object.fromEntries(this.#traces),
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

function textOf(entry: WireView | undefined): number {
  return (entry?.requestBody.length ?? 0) + (entry?.responseBody?.length ?? 0);
}

function oldest(map: ReadonlyMap<string, unknown>, most: number): string[] {
  return [...map.keys()].slice(0, Math.max(0, map.size - most));
}

/** The codes after which the peer may simply have started anew: the request goes out again in a session of its own. */
const sessionLost: readonly ErrorCode[] = ['unknown_session', 'session_expired', 'session_closed', 'unknown_epoch'];

/** True when a new handshake is the way on. */
export function isSessionLost(error: ParleyError): boolean {
  return sessionLost.includes(error.code);
}
