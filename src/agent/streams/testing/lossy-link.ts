import type { Chance } from '../../../mls/testing/chance.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { TestClock } from '../../testing/clock.ts';

/** What a link does to what goes over it, in parts of a hundred. */
export interface Weather {
  /** What is asked never arrives; whoever asked asks again. */
  readonly lost: number;
  /** It arrives, and its answer does not. */
  readonly unanswered: number;
  /** It arrives twice. */
  readonly doubled: number;
  /** It takes up to a second. */
  readonly late: number;
}

/** Asks the other side as an agent does: again and again until an answer comes, over a link that loses, doubles and delays. */
export class LossyLink {
  readonly #chance: Chance;
  readonly #clock: TestClock;
  readonly #weather: Weather;

  constructor(chance: Chance, clock: TestClock, weather: Weather) {
    this.#chance = chance;
    this.#clock = clock;
    this.#weather = weather;
  }

  async ask<T>(arrive: () => Promise<T>): Promise<T> {
    const { lost, unanswered, doubled, late } = this.#weather;
    for (;;) {
      if (this.#falls(late)) await this.#pause(1 + this.#chance.below(1_000));
      if (this.#falls(lost)) {
        await this.#pause(150);
        continue;
      }
      if (this.#falls(doubled)) void arrive().catch(isExpected);
      const answer = await arrive();
      if (this.#falls(late)) await this.#pause(1 + this.#chance.below(1_000));
      if (!this.#falls(unanswered)) return answer;
      await this.#pause(150);
    }
  }

  #falls(percent: number): boolean {
    return this.#chance.below(100) < percent;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}

/** Looks at what a doubled one was refused with: the stream may have ended meanwhile. */
function isExpected(cause: unknown): void {
  if (!(cause instanceof ParleyError)) throw cause;
}

/** Settles as `work`, while the clock goes on whenever nothing else happens. Rejects when it has not settled after `steps` of these. */
export async function whileTimePasses<T>(clock: TestClock, work: Promise<T>, steps = 100_000): Promise<T> {
  let isSettled = false;
  const settled = work.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  for (let step = 0; !isSettled; step++) {
    if (step > steps) throw new TypeError('It has not settled, whatever time has passed.');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    clock.advance(50);
  }
  return settled;
}
