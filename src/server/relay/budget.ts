import { ParleyError } from '../../protocol/errors.ts';

/** Counts something that there may be only so much of at once. */
export class Budget {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get used(): number {
    return this.#used;
  }

  /** Takes `amount`, or throws `rate_limited`. */
  take(amount: number): void {
    if (this.#used + amount > this.#most) {
      throw new ParleyError('rate_limited', 'The relay carries as much as it can. Try again in a second.', {
        retryAfter: 1,
      });
    }
    this.#used += amount;
  }

  give(amount: number): void {
    this.#used -= amount;
  }
}
