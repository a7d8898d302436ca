import type { Scheduler } from '../../agent/contracts/ports.ts';

interface Timer {
  readonly at: number;
  readonly task: () => void;
  handle: ReturnType<typeof setTimeout>;
}

/** The longest time one timer can wait. */
const longestTimer = 2 ** 31 - 1;

/** The time of the lab: it runs as ours does, and an attacker who waits for an hour moves it on at once. */
export class LabClock implements Scheduler {
  #ahead = 0;
  readonly #timers = new Set<Timer>();

  /** Milliseconds since 1970, whole. */
  readonly now = (): number => Date.now() + this.#ahead;

  /** Milliseconds since 1970 with fractions. */
  readonly monotonic = (): number => performance.timeOrigin + performance.now() + this.#ahead;

  after(ms: number, task: () => void): { cancel(): void } {
    const timer: Timer = { at: this.now() + ms, task, handle: this.#arm(ms, () => this.#fire(timer)) };
    this.#timers.add(timer);
    return { cancel: () => this.#drop(timer) };
  }

  /** Moves the time on and runs what has come due, in order. */
  advance(ms: number): void {
    this.#ahead += ms;
    const now = this.now();
    const due = [...this.#timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    for (const timer of due) this.#fire(timer);
    for (const timer of this.#timers) {
      clearTimeout(timer.handle);
      timer.handle = this.#arm(timer.at - now, () => this.#fire(timer));
    }
  }

  /** Ends every timer. */
  stop(): void {
    for (const timer of this.#timers) this.#drop(timer);
  }

  #arm(ms: number, fire: () => void): ReturnType<typeof setTimeout> {
    return setTimeout(fire, Math.min(longestTimer, Math.max(0, ms)));
  }

  #fire(timer: Timer): void {
    if (!this.#timers.has(timer)) return;
    this.#drop(timer);
    timer.task();
  }

  #drop(timer: Timer): void {
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }
}
