/** How many refusals the trail keeps one by one in each span: anybody can cause them. */
const refusalsPerSpan = 30;
/** Milliseconds of a span. */
export const refusalSpanMs = 60_000;

/** What became of a refusal: kept, or only counted. `omitted` were counted in the span that has just ended. */
export interface Counted {
  readonly isKept: boolean;
  readonly omitted?: { readonly count: number; readonly since: number };
}

/** Keeps a flood of refused requests from filling the disk: what is over the budget is counted only. */
export class RefusalBudget {
  #since = Number.NEGATIVE_INFINITY;
  #kept = 0;
  #omitted = 0;

  /** Counts one refusal at `now`, in milliseconds since 1970. */
  count(now: number): Counted {
    const omitted = this.close(now);
    const isKept = this.#kept < refusalsPerSpan;
    if (isKept) this.#kept += 1;
    else this.#omitted += 1;
    return omitted === undefined ? { isKept } : { isKept, omitted };
  }

  /** Ends the span when its time is over; what was only counted in it, if anything. */
  close(now: number): Counted['omitted'] {
    if (now >= this.#since && now - this.#since < refusalSpanMs) return undefined;
    const ended = this.take();
    this.#since = now;
    this.#kept = 0;
    return ended;
  }

  /** Takes what was only counted in the span so far, if anything; it is counted no more. */
  take(): Counted['omitted'] {
    const counted = { count: this.#omitted, since: this.#since };
    this.#omitted = 0;
    return counted.count === 0 ? undefined : counted;
  }
}
