import type { StoredAuditEntry } from '../contracts/audit-store.ts';
import type { GroupChange } from '../contracts/group-store.ts';
import { type HistoryStore, type IndexedExchange, isOneOf, type Which } from '../contracts/history-store.ts';
import type { RequestChange } from '../contracts/request-store.ts';
import type { ExchangeView } from '../contracts/views.ts';

/** Exchanges that one transaction writes at most. */
const mostAtOnce = 256;

/** What is deleted, and why. */
export interface Deletion {
  readonly peerId: string;
  readonly which: Which;
  readonly reason: 'person' | 'retention';
}

/** What is written in the same transactions as the history. `isWaiting`: something of it is not yet. */
export interface Companion {
  readonly isWaiting: boolean;
  /** Has `commit` write what waits, and that a deletion was made; when `commit` rejects, it waits on. */
  write<T>(commit: (entries: readonly StoredAuditEntry[]) => Promise<T>, deletion?: Deletion): Promise<T>;
}

/** A history that is kept by itself. */
export const alone: Companion = { isWaiting: false, write: (commit) => commit([]) };

/** What one step of a group leads to beside what it tells. */
export interface HistoryStep {
  readonly exchanges: readonly ExchangeView[];
  readonly requests?: readonly RequestChange[];
  readonly groups?: readonly GroupChange[];
}

/** What is written together: all of it or nothing. */
export interface Together {
  /** Each makes its record once its turn has come. */
  readonly exchanges: readonly (() => Promise<IndexedExchange>)[];
  readonly requests?: readonly RequestChange[];
  readonly groups?: readonly GroupChange[];
}

type Waiting =
  | {
      readonly together: Together;
      readonly done: () => void;
      readonly failed: (error: unknown) => void;
    }
  | { readonly task: () => Promise<void> };

/**
 * Writes to the store, one transaction at a time and in order. While one runs, what comes in waits and goes out together: a
 * transaction costs the same for one exchange as for many.
 */
export class WriteQueue {
  readonly #store: HistoryStore;
  readonly #companion: Companion;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(store: HistoryStore, companion: Companion) {
    this.#store = store;
    this.#companion = companion;
  }

  /** Writes an exchange, which `exchange` makes once its turn has come, and what is remembered with it; resolves when it is kept. */
  write(exchange: () => Promise<IndexedExchange>, requests: readonly RequestChange[] = []): Promise<void> {
    return this.writeTogether({ exchanges: [exchange], requests });
  }

  /** Writes what belongs together in one transaction; resolves when it is kept. What others write may be in the same one. */
  writeTogether(together: Together): Promise<void> {
    return new Promise((done, failed) => this.#add({ together, done, failed }));
  }

  /** Deletes exchanges, after everything that was written before; gives how many were there. Where none is, nothing is written. */
  delete(deletion: Deletion): Promise<number> {
    return new Promise((done, failed) => this.#add({ task: () => this.#delete(deletion).then(done, failed) }));
  }

  async #delete(deletion: Deletion): Promise<number> {
    const { peerId, which } = deletion;
    if (!(await this.#hasOneOf(deletion))) return 0;
    return this.#companion.write((entries) => this.#store.deleteExchanges(peerId, which, entries), deletion);
  }

  async #hasOneOf({ peerId, which }: Deletion): Promise<boolean> {
    if ('upTo' in which) {
      const [oldest] = await this.#store.exchangesAfter(peerId, 0, 1);
      return isOneOf(which, oldest?.sequence);
    }
    for (const sequence of which.sequences) {
      const [newest] = await this.#store.exchangesBefore(peerId, sequence + 1, 1);
      if (newest?.sequence === sequence) return true;
    }
    return false;
  }

  /** Writes what the companion has, if no exchange takes it along. */
  nudge(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when everything that is here now has been written, or has failed to be; what comes later is not waited for. */
  async settled(): Promise<void> {
    if (this.#running === undefined) return;
    await new Promise<void>((done) => {
      const task = async () => {
        if (this.#companion.isWaiting) await this.#writeCompanion();
        done();
      };
      this.#add({ task });
    });
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.nudge();
  }

  async #run(): Promise<void> {
    // What comes in within the same turn goes out together.
    await Promise.resolve();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if ('task' in next) {
        this.#waiting.shift();
        await next.task();
      } else await this.#commit(this.#takeExchanges());
    }
    // What cannot be written waits for the next exchange, which then says why.
    let isWritten = true;
    while (isWritten && this.#companion.isWaiting && this.#waiting.length === 0)
      isWritten = await this.#writeCompanion();
    this.#running = undefined;
    if (this.#waiting.length > 0) this.nudge();
  }

  #writeCompanion(): Promise<boolean> {
    const written = this.#companion.write((audit) => this.#store.commit({ exchanges: [], audit }));
    return written.then(
      () => true,
      () => false,
    );
  }

  #takeExchanges() {
    const taken: Extract<Waiting, { together: unknown }>[] = [];
    for (let next = this.#waiting[0]; next !== undefined && taken.length < mostAtOnce; next = this.#waiting[0]) {
      if ('task' in next) break;
      taken.push(next);
      this.#waiting.shift();
    }
    return taken;
  }

  /** Commits a batch; an exchange that cannot be stored takes no other with it. */
  async #commit(batch: readonly Extract<Waiting, { together: unknown }>[]): Promise<void> {
    try {
      const exchanges = await Promise.all(batch.flatMap(({ together }) => together.exchanges.map((make) => make())));
      const requests = batch.flatMap(({ together }) => together.requests ?? []);
      const groups = batch.flatMap(({ together }) => together.groups ?? []);
      await this.#companion.write((audit) =>
        this.#store.commit({ exchanges, audit, requests, ...(groups.length === 0 ? {} : { groups }) }),
      );
    } catch (error) {
      if (batch.length > 1) for (const one of batch) await this.#commit([one]);
      else for (const { failed } of batch) failed(error);
      return;
    }
    for (const { done } of batch) done();
  }
}
