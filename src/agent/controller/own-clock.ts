import { asParleyError, type ErrorCode, ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';

/** What a clock that is wrong looks like, on either side, before anybody has compared the clocks. */
const looksLike: readonly ErrorCode[] = ['certificate_expired', 'revocation_status_unknown', 'stale_timestamp'];

/** This device's clock, compared with what the Controller's answers say that the time is. */
export class OwnClock {
  readonly #now: () => number;
  /** Seconds that this clock is ahead of the Controller's by its newest answer; 0 until one has said the time. */
  #ahead = 0;

  /** `now` gives milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes in the time that an answer of the Controller, just made, says, in Unix seconds. */
  heard(theirs: number): void {
    this.#ahead = Math.floor(this.#now() / 1_000) - theirs;
  }

  /** Returns what time it is by the Controller, in Unix seconds, as far as its answers have said. */
  get theirs(): number {
    return Math.floor(this.#now() / 1_000) - this.#ahead;
  }

  /**
   * Returns `clock_wrong` for an error that this device's clock explains: a certificate, a revocation list or a message that is not of
   * this time, while the clock is more than 300 s away from the Controller's. Any other error is given back.
   */
  blame(cause: unknown): ParleyError {
    const error = asParleyError(cause);
    if (Math.abs(this.#ahead) <= limits.freshness || !looksLike.includes(error.code)) return error;
    const detail = `This device’s clock is ${spanOf(Math.abs(this.#ahead))} ${this.#ahead > 0 ? 'ahead of' : 'behind'} the Controller’s. Nothing was lost. Set the clock of this device, then try again.`;
    return new ParleyError('clock_wrong', detail, { cause: error });
  }
}

function spanOf(seconds: number): string {
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 2 * 86_400 ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / 86_400)} days`;
}
