import { createStore, type StoreApi } from 'zustand';
import type { HistoryPageView } from '../../../agent/contracts/history-views.ts';
import type { ExchangeView, FailureView } from '../../../agent/contracts/views.ts';
import { failureOf } from '../../state/failure.ts';
import type { Stretch } from './conversation-model.ts';

/** Reads a piece of a conversation: the newest, or what stands before a sequence. */
export type LoadPage = (before?: number, count?: number) => Promise<HistoryPageView>;

/** As much of a kept conversation as was read. */
interface ConversationPagesState extends Stretch {
  readonly isLoading: boolean;
  readonly failure?: FailureView;
}

const nothing: ConversationPagesState = { exchanges: [], hasOlder: false, hasNewer: false, isLoading: true };

/** Exchanges read at a time. */
const pageSize = 100;

/** Reads a kept conversation piece by piece, from its end or from somewhere within, in both directions. */
export class ConversationPages {
  readonly store: StoreApi<ConversationPagesState> = createStore<ConversationPagesState>(() => nothing);
  readonly #load: LoadPage;
  readonly #size: number;
  /** Counts the readings: the answer to an earlier one comes too late. */
  #turn = 0;

  constructor(load: LoadPage, size = pageSize) {
    this.#load = load;
    this.#size = size;
  }

  /** Starts over: at the end, or with the exchange of sequence `around` in the middle. */
  open(around?: number): Promise<void> {
    return this.#read(async () => {
      if (around === undefined) return stretch(await this.#load(undefined, this.#size), false);
      const page = await this.#reaching(around, around + Math.ceil(this.#size / 2));
      return stretch(page, (await this.#lastSequence()) > lastOf(page.exchanges));
    });
  }

  /** Goes on before the beginning of the stretch. */
  older(): Promise<void> {
    return this.#read(async () => {
      const { exchanges, hasNewer } = this.store.getState();
      const page = await this.#load(exchanges[0]?.sequence, this.#size);
      return stretch({ ...page, exchanges: [...page.exchanges, ...exchanges] }, hasNewer);
    });
  }

  /** Goes on after the end of the stretch. */
  newer(): Promise<void> {
    return this.#read(async () => {
      const { exchanges, hasOlder } = this.store.getState();
      const end = await this.#lastSequence();
      const last = lastOf(exchanges);
      let before = last + 1;
      let fresh: readonly ExchangeView[] = [];
      // Where much was deleted, a whole piece may hold nothing.
      while (fresh.length === 0 && before <= end) {
        before += this.#size;
        const page = await this.#reaching(last + 1, before);
        fresh = page.exchanges.filter(({ sequence = 0 }) => sequence > last);
      }
      const all = [...exchanges, ...fresh];
      return { exchanges: all, hasOlder, hasNewer: end > lastOf(all), isLoading: false };
    });
  }

  /**
   * Reads a page before `before` in which nothing is missing from `from` on: large exchanges make a page short at its
   * beginning.
   */
  async #reaching(from: number, before: number): Promise<HistoryPageView> {
    let page = await this.#load(before, this.#size);
    while (page.olderThan !== undefined && page.olderThan > from) {
      const earlier = await this.#load(page.olderThan, this.#size);
      if (lastOf(earlier.exchanges) < from) break;
      page = earlier;
    }
    return page;
  }

  async #lastSequence(): Promise<number> {
    return lastOf((await this.#load(undefined, 1)).exchanges);
  }

  async #read(read: () => Promise<ConversationPagesState>): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const { failure: _, ...before } = this.store.getState();
    this.store.setState({ ...before, isLoading: true }, true);
    try {
      const state = await read();
      if (turn === this.#turn) this.store.setState(state, true);
    } catch (cause) {
      if (turn === this.#turn) this.store.setState({ isLoading: false, failure: failureOf(cause) });
    }
  }
}

function stretch({ exchanges, olderThan }: HistoryPageView, hasNewer: boolean): ConversationPagesState {
  return { exchanges, hasOlder: olderThan !== undefined, hasNewer, isLoading: false };
}

function lastOf(exchanges: readonly ExchangeView[]): number {
  return exchanges.at(-1)?.sequence ?? 0;
}
