import { ParleyError } from '../protocol/errors.ts';

/** What ends a command early: the first Ctrl-C, or SIGTERM. The second one ends the process, as if nothing listened. */
export class Interruption {
  readonly #stop = new AbortController();

  constructor() {
    process.once('SIGINT', this.#interrupt).once('SIGTERM', this.#interrupt);
  }

  /** Aborts with `cancelled`. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Waits for `work` until it is interrupted. Rejects with `cancelled` then. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(this.signal.reason);
    this.signal.addEventListener('abort', stop);
    try {
      this.signal.throwIfAborted();
      return await Promise.race([work, promise]);
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
  }

  /** Leaves the process as it was. */
  end(): void {
    process.off('SIGINT', this.#interrupt).off('SIGTERM', this.#interrupt);
  }

  readonly #interrupt = () => {
    process.off('SIGINT', this.#interrupt).off('SIGTERM', this.#interrupt);
    this.#stop.abort(new ParleyError('cancelled', 'You stopped it. The peer is told, and ends what it has begun.'));
  };
}
