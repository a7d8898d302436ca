import type { Log } from './telemetry/log.ts';

/** Milliseconds between looks. */
const everyMs = 3_000;

/** Asks for the revocation list again and again, so that it is signed in time, and logs when it cannot be. */
export class ListWatch {
  readonly #ask: () => Promise<Response>;
  readonly #log: Log;
  #isMissing = false;

  /** `ask` asks the Controller for its list. */
  constructor(ask: () => Promise<Response>, log: Log) {
    this.#ask = ask;
    this.#log = log;
  }

  /** Looks now. */
  async look(): Promise<void> {
    const { ok, status } = await this.#ask();
    if (ok === !this.#isMissing) return;
    this.#isMissing = !ok;
    if (ok) this.#log('info', 'list_available');
    else this.#log('error', 'list_unavailable', { status });
  }

  /** Looks from now on, until the function it returns is called. */
  start(): () => void {
    const looking = setInterval(() => void this.look(), everyMs).unref();
    return () => clearInterval(looking);
  }
}
