import { type ExchangeView, exchangeKey } from '../../agent/contracts/views.ts';

/** Notices what of the exchanges is new to a person: requests that arrived, and answers to their own. */
export class News {
  readonly #openedAt: number;
  readonly #pending = new Set<string>();
  /** Incoming requests that were noticed since the page was opened, as far as they are still in memory. */
  #noticed = new Set<string>();
  #last: readonly ExchangeView[] = [];

  /** `openedAt`, in milliseconds since 1970: what arrived before is no news. */
  constructor(openedAt: number) {
    this.#openedAt = openedAt;
  }

  /** Returns the exchanges that are news since the last call, in their order. */
  since(exchanges: readonly ExchangeView[]): readonly ExchangeView[] {
    if (exchanges === this.#last) return [];
    const before = new Set(this.#last);
    this.#last = exchanges;
    const news = exchanges.filter((exchange) => !before.has(exchange) && this.#isNew(exchange));
    if (this.#noticed.size > exchanges.length * 2) this.#forgetOld(exchanges);
    return news;
  }

  #isNew(exchange: ExchangeView): boolean {
    const key = exchangeKey(exchange);
    if (exchange.direction === 'incoming') {
      if (exchange.at < this.#openedAt || this.#noticed.has(key)) return false;
      this.#noticed.add(key);
      return true;
    }
    if (exchange.status !== 'pending') return this.#pending.delete(key);
    this.#pending.add(key);
    return false;
  }

  #forgetOld(exchanges: readonly ExchangeView[]): void {
    const keys = new Set(exchanges.map(exchangeKey));
    this.#noticed = new Set([...this.#noticed].filter((key) => keys.has(key)));
  }
}
