/** Runs `act` soon after it is called for: once for all calls within `everyMs`, never twice at a time, and always after the last one. */
export class Throttle {
  readonly #act: () => Promise<void>;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAtWork = false;
  #isCalled = false;

  /** `act` does not reject. */
  constructor(act: () => Promise<void>, everyMs: number) {
    this.#act = act;
    this.#everyMs = everyMs;
  }

  call(): void {
    this.#isCalled = true;
    if (!this.#isAtWork) this.#timer ??= setTimeout(() => void this.#run(), this.#everyMs);
  }

  /** Drops the calls that have not begun. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isCalled = false;
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#isCalled = false;
    this.#isAtWork = true;
    await this.#act();
    this.#isAtWork = false;
    if (this.#isCalled) this.call();
  }
}
