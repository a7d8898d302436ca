import type { ParleyError } from '../../../protocol/errors.ts';

/** Milliseconds to the first repetition, and the longest wait; each is twice the one before. */
const [firstMs, longestMs] = [500, 60_000];
/** The longest that whoever refuses for now is given, in milliseconds. */
const longestAskedMs = 300_000;

/** How long to wait between tries that fail one after the other. */
export class Backoff {
  readonly #chance: () => number;
  #failures = 0;

  /** `chance` gives a number from 0 up to 1: those who failed at once do not all come back at once. */
  constructor(chance: () => number) {
    this.#chance = chance;
  }

  /** Returns the milliseconds to the next try after one that failed: what was asked for, or twice the last wait, less up to half of it. */
  after({ retryAfter }: Pick<ParleyError, 'retryAfter'>): number {
    const own = Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    const asked = Math.min(longestAskedMs, 1_000 * (retryAfter ?? 0));
    const chance = this.#chance();
    return Math.max(asked + (asked / 4) * chance, own * (0.5 + 0.5 * chance));
  }

  /** Begins again with the shortest wait: a try has succeeded. */
  succeeded(): void {
    this.#failures = 0;
  }
}
