import { ParleyError } from '../protocol/errors.ts';

/** The time that a person gives a command, from the moment it is made: for opening the agent, finding the peer and the answer together. */
export class Patience {
  /** Aborts with `timed_out` when the time is over before anything was sent; undefined without a limit. */
  readonly signal: AbortSignal | undefined;
  readonly #until: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #over = Promise.withResolvers<never>();

  /** `ms` is undefined for as long as it takes. */
  constructor(ms: number | undefined) {
    this.#until = performance.now() + (ms ?? Number.POSITIVE_INFINITY);
    // Whoever waits is told; when nobody does, nobody has to be.
    this.#over.promise.catch(() => undefined);
    if (ms === undefined) return;
    const ended = new AbortController();
    this.signal = ended.signal;
    this.#timer = setTimeout(() => {
      const error = new ParleyError(
        'timed_out',
        `Nothing was sent within ${ms / 1_000} s. Try again, or give it longer.`,
      );
      ended.abort(error);
      this.#over.reject(error);
    }, ms).unref();
  }

  /** Waits for `work` as long as there is time. Rejects with `timed_out`. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#over.promise]);
  }

  /** Returns the milliseconds that are left, 1 at least, and leaves it to the caller to keep them; undefined without a limit. */
  rest(): number | undefined {
    clearTimeout(this.#timer);
    return this.signal === undefined ? undefined : Math.max(1, Math.ceil(this.#until - performance.now()));
  }
}
