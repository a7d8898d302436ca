import type { Bytes } from '../bytes.ts';

/** Decides by a seed, the same way each time: what a test needs to be repeated. Nothing that is to stay secret. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Gives a whole number of 32 bits (mulberry32). */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** Gives a whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  /** Is true in so many of a hundred cases. */
  percent(share: number): boolean {
    return this.below(100) < share;
  }

  /** Gives one of the items. Throws when there is none. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('There is nothing to pick from.');
    return item;
  }

  /** Gives the items in another order. */
  shuffled<T>(items: readonly T[]): readonly T[] {
    const rest = [...items];
    return items.map(() => {
      const [item] = rest.splice(this.below(rest.length), 1);
      if (item === undefined) throw new RangeError('There is nothing left.');
      return item;
    });
  }

  /** Gives bytes: what the library takes for its randomness. */
  readonly bytes = (length: number): Bytes => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.#next() & 0xff;
    return bytes;
  };
}
