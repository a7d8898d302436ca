import type { Scheduler } from '../../contracts/ports.ts';

/** What a timer runs on. */
export interface WakeTimerDeps {
  readonly scheduler: Scheduler;
  /** Milliseconds since 1970. */
  now(): number;
  wake(): void;
}

/** Wakes a group once, at the earliest time that was asked for. */
export class WakeTimer {
  readonly #deps: WakeTimerDeps;
  #isStopped = false;
  #next: { readonly at: number; cancel(): void } | undefined;

  constructor(deps: WakeTimerDeps) {
    this.#deps = deps;
  }

  /** Has it woken at `at`, in milliseconds since 1970, unless it is woken earlier. */
  wakeAt(at: number): void {
    if (this.#isStopped || (this.#next !== undefined && this.#next.at <= at)) return;
    this.#cancel();
    const { scheduler, now, wake } = this.#deps;
    const { cancel } = scheduler.after(Math.max(0, at - now()), () => {
      this.#next = undefined;
      wake();
    });
    this.#next = { at, cancel };
  }

  /** Wakes nobody any more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #cancel(): void {
    this.#next?.cancel();
    this.#next = undefined;
  }
}
