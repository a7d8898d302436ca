import { createStore, type StoreApi } from 'zustand';
import type { AuditEntryView, AuditHeadView } from '../../agent/contracts/history-views.ts';
import type { FailureView } from '../../agent/contracts/views.ts';
import { failureOf } from '../state/failure.ts';

/** Reads a piece of the trail: the newest entries, or those before an index, the newest first. */
type LoadEntries = (
  before?: number,
  count?: number,
) => Promise<{ readonly head: AuditHeadView; readonly entries: readonly AuditEntryView[] }>;

interface AuditTrailPagesState {
  readonly head?: AuditHeadView;
  /** The newest first, without gaps, as far back as it was read. */
  readonly entries: readonly AuditEntryView[];
  readonly isLoading: boolean;
  readonly failure?: FailureView;
}

/** Entries read at a time. */
const pageSize = 200;

/** Reads an audit trail from its end backwards, and what is added to it since. */
export class AuditTrailPages {
  readonly store: StoreApi<AuditTrailPagesState> = createStore<AuditTrailPagesState>(() => ({
    entries: [],
    isLoading: true,
  }));
  readonly #load: LoadEntries;
  readonly #size: number;
  #reading: Promise<void> = Promise.resolve();
  /** The reading that has failed last. */
  #failed = () => this.refresh();

  constructor(load: LoadEntries, size = pageSize) {
    this.#load = load;
    this.#size = size;
  }

  /** Reads what was added since, or the end when nothing was read yet. */
  refresh(): Promise<void> {
    return this.#read(async () => {
      const known = this.store.getState().entries[0]?.index ?? -1;
      const fresh: AuditEntryView[] = [];
      let { head, entries } = await this.#load(undefined, this.#size);
      const newest = head;
      for (;;) {
        fresh.push(...entries.filter(({ index }) => index > known));
        const oldest = entries.at(-1)?.index ?? 0;
        if (known === -1 || oldest <= known + 1) break;
        ({ head, entries } = await this.#load(oldest, this.#size));
      }
      return { head: newest, entries: [...fresh, ...this.store.getState().entries], isLoading: false };
    });
  }

  /** Goes on with older entries; does nothing at the beginning. */
  older(): Promise<void> {
    return this.#read(async () => {
      const { head, entries } = this.store.getState();
      const oldest = entries.at(-1)?.index ?? 0;
      if (oldest === 0) return { ...(head === undefined ? {} : { head }), entries, isLoading: false };
      const page = await this.#load(oldest, this.#size);
      return { head: page.head, entries: [...entries, ...page.entries], isLoading: false };
    });
  }

  /** Reads once more what could not be read. */
  again(): Promise<void> {
    return this.#failed();
  }

  /** Reads one page after another, so that none leaves a gap. What has failed is said until something was read. */
  #read(read: () => Promise<AuditTrailPagesState>): Promise<void> {
    const next = this.#reading.then(async () => {
      this.store.setState({ isLoading: true });
      try {
        this.store.setState(await read(), true);
      } catch (cause) {
        this.#failed = () => this.#read(read);
        this.store.setState({ isLoading: false, failure: failureOf(cause) });
      }
    });
    this.#reading = next;
    return next;
  }
}
