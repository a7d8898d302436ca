const minuteMs = 60_000;

/** Lets a thing happen once a minute. Only what members may ask for is remembered, so it grows with the groups and no further. */
export class MinuteLimit {
  readonly #now: () => number;
  readonly #last = new Map<string, number>();

  /** `now` gives milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns true and begins the minute when it has not happened within the last one. */
  pass(what: string): boolean {
    const now = this.#now();
    // A clock that was set back must not stop it for longer.
    const isOver = (at: number) => now - at >= minuteMs || now < at;
    for (const [key, at] of this.#last) {
      if (!isOver(at)) break;
      this.#last.delete(key);
    }
    const last = this.#last.get(what);
    if (last !== undefined && !isOver(last)) return false;
    this.#last.delete(what);
    this.#last.set(what, now);
    return true;
  }
}
