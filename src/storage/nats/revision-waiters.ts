import type { ParleyError } from '../../protocol/errors.ts';
import { unreachable } from './link.ts';

/** Milliseconds that a load or a change may take to come back from NATS. */
export const patienceMs = 5_000;

interface Waiter {
  readonly revision: number;
  resolve(): void;
  reject(error: ParleyError): void;
}

/** Those who wait until the message of a revision is heard. */
export class RevisionWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Resolves once `reached` is told of a revision, or of a later one. Rejects with `unavailable` when that takes too long. */
  wait(revision: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        revision,
        resolve: () => {
          clearTimeout(timeout);
          this.#waiters.delete(waiter);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timeout);
          this.#waiters.delete(waiter);
          reject(error);
        },
      };
      const timeout = setTimeout(() => waiter.reject(unreachable()), patienceMs);
      this.#waiters.add(waiter);
    });
  }

  /** Ends the wait for every revision up to this one. */
  reached(revision: number): void {
    for (const waiter of [...this.#waiters]) if (waiter.revision <= revision) waiter.resolve();
  }

  /** Rejects every wait with an error. */
  fail(why: ParleyError): void {
    for (const waiter of [...this.#waiters]) waiter.reject(why);
  }
}
