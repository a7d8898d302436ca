import { toHex } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { emptyHead, hashEntry } from '../entry/chain.ts';

/** An entry as somebody kept it: JCS of it is `text`, and `hash` is what is said to be its hash, in hex. */
export interface KeptEntry {
  readonly json: JsonObject;
  readonly text: string;
  readonly hash: string;
}

/** An entry that does not hold, and what is wrong with it. */
export interface Fault {
  readonly at: number;
  readonly words: string;
}

/** Follows a hash chain entry by entry and names the first that does not hold. */
export class ChainCheck {
  readonly #subtle: Subtle;
  #length: number;
  #hash: string;
  /** The hash of an entry that does not name the one before it: what follows tells which of the two was altered. */
  #suspect: string | undefined;

  /** Begins behind a checkpoint when there is one; its `hash` is in hex. */
  constructor(subtle: Subtle, checkpoint?: { readonly length: number; readonly hash: string }) {
    this.#subtle = subtle;
    this.#length = checkpoint?.length ?? 0;
    this.#hash = checkpoint?.hash ?? toHex(emptyHead.hash);
  }

  /** Returns the number of entries that were followed. */
  get length(): number {
    return this.#length;
  }

  /** Returns the hash of the last of them, in hex. */
  get hash(): string {
    return this.#hash;
  }

  /** True while it takes the next entry to say which one does not hold. */
  get isUndecided(): boolean {
    return this.#suspect !== undefined;
  }

  /** Follows the chain to the next entry; what is wrong, if anything is. `hashed` is its hash, when somebody has computed it. */
  async next({ json, text, hash }: KeptEntry, hashed = hashEntry(this.#subtle, text)): Promise<Fault | undefined> {
    const at = this.#length;
    if (this.#suspect !== undefined) return this.#decide(json.prev);
    if (json.index !== at) return misplaced(at, json.index);
    const computed = toHex(await hashed);
    if (computed !== hash) return { at, words: `Entry ${at} does not match its hash.` };
    if (json.prev !== this.#hash) this.#suspect = computed;
    this.#length += 1;
    this.#hash = computed;
    return undefined;
  }

  /** Ends the chain with its head; what is wrong, if anything is. `hash` is in hex. */
  end(head: { readonly length: number; readonly hash: string }): Fault | undefined {
    if (this.#suspect !== undefined) return this.#decide(head.length === this.#length ? head.hash : undefined);
    const at = this.#length;
    if (head.length > at) return { at, words: `Entry ${at} is missing: the trail has ${head.length} entries.` };
    if (head.length < at) return { at: head.length, words: `Entry ${head.length} is after the trail’s end.` };
    if (head.hash === this.#hash) return undefined;
    return { at: Math.max(0, at - 1), words: `Entry ${at - 1} is not the one that the trail ends with.` };
  }

  /**
   * Decides which entry is named: one whose hash was computed again is named by nothing, and an altered link leaves
   * the next one hanging too.
   */
  #decide(named: unknown): Fault {
    const at = this.#length - 1;
    return named === this.#suspect
      ? { at: at - 1, words: `Entry ${at - 1} is not the one that entry ${at} follows.` }
      : { at, words: `Entry ${at} does not follow entry ${at - 1}.` };
  }
}

function misplaced(at: number, index: unknown): Fault {
  if (typeof index !== 'number') return { at, words: `The value in the place of entry ${at} is not an entry.` };
  return index > at
    ? { at, words: `Entry ${at} is missing: entry ${index} is in its place.` }
    : { at, words: `Entry ${index} is in the place of entry ${at}.` };
}
