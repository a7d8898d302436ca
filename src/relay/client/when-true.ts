import type { Scheduler } from '../../agent/contracts/ports.ts';

/** Somebody who waits; `look` says that things have changed. */
export interface Waiting {
  look(): void;
}

/** Resolves once `isTrue` holds at a look, or after `ms` milliseconds. */
export function whenTrue(
  isTrue: () => boolean,
  waiters: Set<Waiting>,
  scheduler: Scheduler,
  ms: number,
): Promise<void> {
  if (isTrue()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      waiters.delete(waiting);
      timeout.cancel();
      resolve();
    };
    const waiting: Waiting = {
      look: () => {
        if (isTrue()) done();
      },
    };
    const timeout = scheduler.after(ms, done);
    waiters.add(waiting);
  });
}
