import { ParleyError } from '../protocol/errors.ts';
import type { JsonObject } from '../protocol/wire/json.ts';

/** Milliseconds for which a request that ran does not run again. */
const rememberedFor = 3_600_000;
/** Requests that are remembered at most. */
const mostRequests = 50_000;
/** Characters of JSON that all kept answers may have together. */
const mostCharacters = 32 * 1024 * 1024;

interface Remembered {
  readonly at: number;
  /** Gone when it made room for younger ones. */
  answer: Promise<JsonObject> | undefined;
  characters: number;
}

/**
 * The answers that this agent has given, so that a repeated request runs nothing (protocol page, section 4). Old and large
 * answers make room for younger ones; that their requests ran is remembered longer.
 */
export class Answers {
  readonly #now: () => number;
  readonly #remembered = new Map<string, Remembered>();
  #characters = 0;

  /** `now` gives milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The answer under `key`, made by `run` the first time; one that rejects ran nothing and is forgotten. Throws
   * `handler_failed` when it ran and its answer is gone.
   */
  once(key: string, run: () => Promise<JsonObject>): Promise<JsonObject> {
    this.#dropOld();
    const found = this.#remembered.get(key);
    if (found !== undefined) {
      if (found.answer !== undefined) return found.answer;
      throw new ParleyError(
        'handler_failed',
        'This request ran before. Its answer is no longer kept, and it does not run again.',
      );
    }
    const answer = run();
    const entry: Remembered = { at: this.#now(), answer, characters: 0 };
    this.#remembered.set(key, entry);
    answer.then(
      (given) => this.#weigh(entry, JSON.stringify(given).length),
      () => this.#remembered.delete(key),
    );
    return answer;
  }

  #weigh(entry: Remembered, characters: number): void {
    entry.characters = characters;
    this.#characters += characters;
    if (this.#characters <= mostCharacters) return;
    for (const oldest of this.#remembered.values()) {
      if (this.#characters <= mostCharacters) return;
      if (oldest.characters > 0) this.#forgetAnswer(oldest);
    }
  }

  #forgetAnswer(entry: Remembered): void {
    this.#characters -= entry.characters;
    entry.characters = 0;
    entry.answer = undefined;
  }

  #dropOld(): void {
    const before = this.#now() - rememberedFor;
    for (const [key, entry] of this.#remembered) {
      if (entry.at >= before && this.#remembered.size <= mostRequests) return;
      this.#forgetAnswer(entry);
      this.#remembered.delete(key);
    }
  }
}
