interface Window {
  spent: number;
  readonly endsAt: number;
}

/** Keys that are counted at the same time. With more, the window that ends first is forgotten. */
const mostKeys = 100_000;

/** Counts what each key spends in windows of a fixed length, which begin with the first thing that the key spends. */
export class FixedWindow {
  readonly #points: number;
  readonly #ms: number;
  readonly #mostKeys: number;
  /** In the order in which they end, since all are equally long. */
  readonly #windows = new Map<string, Window>();

  /** `points` may be spent by each key in `ms` milliseconds. */
  constructor(points: number, ms: number, atMost = mostKeys) {
    this.#points = points;
    this.#ms = ms;
    this.#mostKeys = atMost;
  }

  /** Returns how many keys have a window that was not forgotten yet. */
  get size(): number {
    return this.#windows.size;
  }

  /**
   * Spends `cost` points of `key` at `now` (milliseconds of a clock that does not go back). Returns true when they were still
   * there. What is refused counts too, and does not make the window longer.
   */
  spend(key: string, cost: number, now: number): boolean {
    for (const [other, { endsAt }] of this.#windows) {
      const mustMakeRoom = this.#windows.size >= this.#mostKeys && !this.#windows.has(key);
      if (endsAt > now && !mustMakeRoom) break;
      this.#windows.delete(other);
    }
    const window = this.#windows.get(key) ?? { spent: 0, endsAt: now + this.#ms };
    window.spent += cost;
    this.#windows.set(key, window);
    return window.spent <= this.#points;
  }
}
