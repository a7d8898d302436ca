import type { TraceEvent } from '../../protocol/trace/events.ts';

type Traces = Readonly<Record<string, readonly TraceEvent[]>>;

/** The trace of each session. */
export class TraceLists {
  /** Undefined after a change, until somebody asks. */
  #record: Traces | undefined;
  #bySession: Map<string, readonly TraceEvent[]> | undefined;
  /** The traces whose arrays nobody else has seen: they grow in place. */
  readonly #own = new Map<string, TraceEvent[]>();

  constructor(record: Traces = {}) {
    this.#record = record;
  }

  /** Returns the traces by session id; never changed itself. */
  get record(): Traces {
    this.#own.clear();
    this.#record ??= Object.fromEntries(this.#map());
    return this.#record;
  }

  /** Returns how many events a session's trace has. */
  length(sessionId: string): number {
    return this.#map().get(sessionId)?.length ?? 0;
  }

  /** Returns a copy of a session's trace. */
  of(sessionId: string): readonly TraceEvent[] {
    return [...(this.#map().get(sessionId) ?? [])];
  }

  /** Adds an event at the end of a session's trace. */
  add(sessionId: string, event: TraceEvent): void {
    let events = this.#own.get(sessionId);
    if (events === undefined) {
      events = [...(this.#map().get(sessionId) ?? [])];
      this.#own.set(sessionId, events);
      this.#map().set(sessionId, events);
    }
    events.push(event);
    this.#record = undefined;
  }

  /** Removes a session's trace, if there is one. */
  remove(sessionId: string): void {
    if (!this.#map().delete(sessionId)) return;
    this.#own.delete(sessionId);
    this.#record = undefined;
  }

  #map(): Map<string, readonly TraceEvent[]> {
    this.#bySession ??= new Map(Object.entries(this.#record ?? {}));
    return this.#bySession;
  }
}
