import type { HistoryPageView } from '../../../agent/contracts/history-views.ts';
import type { ExchangeView } from '../../../agent/contracts/views.ts';

/** Exchanges that are read at a time. */
const pageSize = 100;

/** What a walk goes through. */
export interface SentWalkDeps {
  /** The exchanges with the peer that are in memory, oldest first. */
  readonly live: readonly ExchangeView[];
  /** Reads the stored exchanges before a sequence, or the newest. */
  readonly load: (before: number | undefined, count: number) => Promise<HistoryPageView>;
  /** Returns what was written for an exchange; undefined for one that does not belong here. */
  readonly written: (exchange: ExchangeView) => string | undefined;
}

/** Walks over what was sent to a peer, from the newest to the oldest: first what is in memory, then what is stored. */
export class SentWalk {
  readonly #texts: string[] = [];
  readonly #load: SentWalkDeps['load'];
  readonly #written: SentWalkDeps['written'];
  #before: number | undefined;
  #hasOlder = true;

  constructor({ live, load, written }: SentWalkDeps) {
    this.#load = load;
    this.#written = written;
    this.#add(live);
    this.#before = live.find(({ sequence }) => sequence !== undefined)?.sequence;
  }

  /** Returns what was sent `back` sendings ago, from 1 for the last one; undefined when there are fewer. Equal neighbours are one. */
  async at(back: number): Promise<string | undefined> {
    while (this.#texts.length < back && this.#hasOlder) {
      const { exchanges, olderThan } = await this.#load(this.#before, pageSize);
      this.#add(exchanges);
      this.#before = olderThan;
      this.#hasOlder = olderThan !== undefined;
    }
    return this.#texts[back - 1];
  }

  #add(exchanges: readonly ExchangeView[]): void {
    for (const exchange of exchanges.toReversed()) {
      const text = exchange.direction === 'outgoing' ? this.#written(exchange) : undefined;
      if (text !== undefined && text !== this.#texts.at(-1)) this.#texts.push(text);
    }
  }
}
