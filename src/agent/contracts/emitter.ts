/** Tells whoever follows of values, the first follower first. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Tells `listener` every value from now on; the function it returns ends that. */
  follow(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}
