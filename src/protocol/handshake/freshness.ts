import { ParleyError } from '../errors.ts';
import { limits } from '../limits.ts';

/**
 * Throws `stale_timestamp` unless `timestamp` is within 300 s of `now`, both in Unix seconds. Returns the difference
 * in seconds.
 */
export function checkFreshness(timestamp: number, now: number): number {
  const difference = timestamp - now;
  if (Math.abs(difference) > limits.freshness) {
    throw new ParleyError(
      'stale_timestamp',
      `The message is ${Math.abs(difference)} s ${difference < 0 ? 'older' : 'newer'} than this agent's clock allows. Check both clocks.`,
      { now },
    );
  }
  return difference;
}
