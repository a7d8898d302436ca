/** What a start has acquired so far, each with what releases it. */
export class Acquired {
  readonly #releases: (() => unknown)[] = [];

  /** Releases something, in the reverse order, when the start fails later. */
  add(release: () => unknown): void {
    this.#releases.push(release);
  }

  /** Releases everything, the newest first. Never rejects: a release that fails keeps no other from its turn. */
  async release(): Promise<void> {
    for (const release of this.#releases.splice(0).reverse()) {
      try {
        await release();
      } catch {
        // Whoever waits is told why the start has failed, which is what they can do something about.
      }
    }
  }
}

/** Runs a start; when it rejects, everything that it has acquired is released first. */
export async function acquiring<T>(start: (acquired: Acquired) => Promise<T>): Promise<T> {
  const acquired = new Acquired();
  try {
    return await start(acquired);
  } catch (cause) {
    await acquired.release();
    throw cause;
  }
}
