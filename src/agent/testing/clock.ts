import type { Scheduler } from '../contracts/ports.ts';

/** A clock that stands still until a test moves it, and the timers that hang on it. */
export class TestClock implements Scheduler {
  #ms: number;
  #timers: { readonly at: number; readonly task: () => void }[] = [];

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Milliseconds since 1970. */
  readonly now = (): number => this.#ms;

  after(ms: number, task: () => void): { cancel(): void } {
    const timer = { at: this.#ms + ms, task };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** Moves the clock on as on a machine that slept: what has come due meanwhile runs late, and once, when time passes again. */
  sleep(ms: number): void {
    this.#ms += ms;
  }

  /** Moves the clock on and runs what has come due, in order. */
  advance(ms: number): void {
    const until = this.#ms + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#ms = Math.max(this.#ms, due.at);
      due.task();
    }
    this.#ms = until;
  }
}
