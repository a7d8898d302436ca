/** Reads of one origin that wait at once, at most (protocol page, section 4.3): a browser has six connections to it. */
const usualMost = 2;

/** Whose turn it is to wait for bytes at an origin: those who ask first come first. */
export class WaitTurns {
  readonly #most: number;
  readonly #waiting = new Map<string, number>();
  readonly #queues = new Map<string, (() => void)[]>();

  constructor(most: number = usualMost) {
    this.#most = most;
  }

  /** Returns how to end a turn that was free; undefined when there is none. */
  take(origin: string): (() => void) | undefined {
    const waiting = this.#waiting.get(origin) ?? 0;
    if (waiting >= this.#most) return undefined;
    this.#waiting.set(origin, waiting + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#leave(origin);
    };
  }

  /** True when somebody waits for a turn: whoever has one makes it short. */
  isWanted(origin: string): boolean {
    return (this.#queues.get(origin)?.length ?? 0) > 0;
  }

  /** Settles as `patience`, or earlier, once a turn may be free. */
  async next(origin: string, patience: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const queue = this.#queues.get(origin) ?? [];
    queue.push(resolve);
    this.#queues.set(origin, queue);
    try {
      await Promise.race([promise, patience]);
    } finally {
      // Whoever left does not take the turn from those behind.
      const left = this.#queues.get(origin)?.filter((one) => one !== resolve) ?? [];
      if (left.length === 0) this.#queues.delete(origin);
      else this.#queues.set(origin, left);
    }
  }

  #leave(origin: string): void {
    const waiting = (this.#waiting.get(origin) ?? 1) - 1;
    if (waiting === 0) this.#waiting.delete(origin);
    else this.#waiting.set(origin, waiting);
    const queue = this.#queues.get(origin);
    const first = queue?.shift();
    if (queue?.length === 0) this.#queues.delete(origin);
    first?.();
  }
}
