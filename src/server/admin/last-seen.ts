import type { LastSeenStore } from '../../controller/store.ts';

/** Milliseconds between writes. */
const everyMs = 2_000;

/** When each agent was connected last: noted at once, written together. */
export class LastSeen {
  readonly #store: LastSeenStore;
  readonly #now: () => number;
  readonly #failed: (error: unknown) => void;
  #noted = new Map<string, number>();
  #writing: Promise<void> | undefined;

  /** `now` gives Unix seconds. */
  constructor(store: LastSeenStore, now: () => number, failed: (error: unknown) => void) {
    this.#store = store;
    this.#now = now;
    this.#failed = failed;
  }

  /** Notes that an agent is connected, or was until now. */
  note(agentId: string): void {
    this.#noted.set(agentId, this.#now());
  }

  /** Returns when agents were seen last, in Unix seconds; agents that never were are left out. */
  async of(agentIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const seen = new Map(await this.#store.lastSeen(agentIds));
    for (const agentId of agentIds) {
      const at = this.#noted.get(agentId);
      if (at !== undefined) seen.set(agentId, at);
    }
    return seen;
  }

  /** Writes what was noted, until nothing is left. Calls while it does so add no write of their own. */
  write(): Promise<void> {
    if (this.#writing === undefined && this.#noted.size > 0) this.#writing = this.#writeAll();
    return this.#writing ?? Promise.resolve();
  }

  async #writeAll(): Promise<void> {
    while (this.#noted.size > 0) {
      const noted = this.#noted;
      this.#noted = new Map();
      await this.#keep(noted);
    }
    this.#writing = undefined;
  }

  async #keep(noted: ReadonlyMap<string, number>): Promise<void> {
    try {
      for (const at of new Set(noted.values())) {
        const ids = [...noted].flatMap(([agentId, when]) => (when === at ? [agentId] : []));
        await this.#store.noteSeen(ids, at);
      }
    } catch (error) {
      // Nothing depends on it but what an operator reads.
      this.#failed(error);
    }
  }

  /** Writes from now on, until the function it returns is called. */
  start(): () => void {
    const writing = setInterval(() => void this.write(), everyMs).unref();
    return () => clearInterval(writing);
  }
}
