import type { TestClock } from './clock.ts';
import { cryptographyUnderWay } from './cryptography.ts';
import { until } from './until.ts';

/** Turns of the event loop without work before time goes on. */
const turns = 100;
/** Milliseconds by which it then goes on. */
const stepMs = 100;

/** Lets time pass until `look` finds something; it stands still while anybody works, so a slow machine passes no more of it. */
export function passing<T>(clock: TestClock, look: () => T | undefined): Promise<T> {
  let quiet = 0;
  return until(() => {
    quiet = cryptographyUnderWay() === 0 ? quiet + 1 : 0;
    if (quiet % turns === turns - 1) clock.advance(stepMs);
    return look();
  }, `time passed without what had to come of it: ${look}`);
}

/** Lets time pass until `work` is over; gives what it gives. */
export async function during<T>(clock: TestClock, work: Promise<T>): Promise<T> {
  let isOver: true | undefined;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  await passing(clock, () => isOver);
  return work;
}
