import type { Scheduler } from '../contracts/ports.ts';

/** The pauses between the tries of an agent, which all end when it stops: nothing of it waits for its time then. */
export class Pauses {
  readonly #scheduler: Scheduler;
  readonly #open = new Set<() => void>();
  #isStopped = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** True from when the agent stops. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Resolves after `ms` milliseconds, or when the agent stops. */
  of(ms: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        timeout.cancel();
        this.#open.delete(done);
        resolve();
      };
      const timeout = this.#scheduler.after(ms, done);
      this.#open.add(done);
    });
  }

  /** Ends every pause, and makes no more. */
  stop(): void {
    this.#isStopped = true;
    for (const done of [...this.#open]) done();
  }
}
