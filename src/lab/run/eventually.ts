import { ParleyError } from '../../protocol/errors.ts';
import type { LabClock } from './clock.ts';

/** Milliseconds of ours, and of the lab, in a round. */
const [pauseMs, stepMs] = [2, 50];
const rounds = 6_000;

/**
 * Lets the lab's time pass until `look` finds something, and returns it. Rejects with `internal_error` after five minutes of the lab:
 * `what` says what was waited for.
 */
export async function eventually<T>(clock: LabClock, what: string, look: () => T | undefined | false): Promise<T> {
  for (let round = 0; round < rounds; round++) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise<void>((resolve) => setTimeout(resolve, pauseMs));
    clock.advance(stepMs);
  }
  throw new ParleyError('internal_error', `This did not come about within five minutes of the lab: ${what}.`);
}

/** Times that something is looked for while the lab's time runs as ours does. */
const looks = 3_000;

/**
 * Waits until `look` finds something, and returns it, without moving the lab's time on: handshakes between agents have their deadlines by
 * it. Rejects with `internal_error` after a minute or more: `what` says what was waited for.
 */
export async function inOurTime<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (let round = 0; round < looks; round++) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
  }
  throw new ParleyError('internal_error', `This did not come about: ${what}.`);
}

/** Lets the lab's time pass until `work` has ended. Settles as `work` does. */
export async function meanwhile<T>(clock: LabClock, what: string, work: Promise<T>): Promise<T> {
  let isOver: true | undefined;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  await eventually(clock, what, () => isOver);
  return work;
}
