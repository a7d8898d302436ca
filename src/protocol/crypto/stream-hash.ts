import { sha256 as incremental } from '@noble/hashes/sha2.js';
import { type Bytes, concat, pushPart } from '../bytes.ts';
import { limits } from '../limits.ts';
import { sha256 } from './hash.ts';
import type { Subtle } from './subtle.ts';

/** Bytes of a block. */
const hashBlock = limits.streamPart;

/** How many bytes a stream has, and what they hash to. */
export interface StreamEnd {
  readonly size: number;
  /** 32 bytes: H over the concatenated H of each full block of 1 MiB and of the rest, if it is not empty. */
  readonly hash: Bytes;
}

/**
 * The hash of a stream (protocol page, section 4.3), block by block. A whole block is hashed by the platform, and its parts are kept until
 * then by reference: they must not change. `compact` lets go of them, for more time.
 */
export class StreamHash {
  readonly #subtle: Subtle;
  readonly #digests: Bytes[];
  #parts: Bytes[] = [];
  #pending = 0;
  /** The beginning of the block, once its parts were let go of. */
  #begun: { readonly hash: ReturnType<typeof incremental.create>; length: number } | undefined;
  #size: number;
  readonly #hashed: (digest: Bytes) => void;

  /**
   * Begins a hash; or goes on with it, after the blocks whose `digests` another one has given. `hashed` hears the hash of each block that
   * is hashed here, and of the rest at the end.
   */
  constructor(subtle: Subtle, digests: readonly Bytes[] = [], hashed: (digest: Bytes) => void = () => undefined) {
    this.#subtle = subtle;
    this.#digests = [...digests];
    this.#size = digests.length * hashBlock;
    this.#hashed = hashed;
  }

  /** Bytes that were added. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that are kept by reference. */
  get pending(): number {
    return this.#pending;
  }

  /** The hashes of the blocks that are whole, 32 bytes each; after the end that of the rest too. */
  get digests(): readonly Bytes[] {
    return this.#digests;
  }

  /** Adds bytes. Wait for it before the next call. */
  async add(bytes: Bytes): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      const part = bytes.subarray(at, at + hashBlock - (this.#size % hashBlock));
      pushPart(this.#parts, part);
      this.#pending += part.length;
      this.#size += part.length;
      at += part.length;
      if (this.#size % hashBlock === 0) this.#digests.push(await this.#block());
    }
  }

  /** Lets go of the bytes that are kept by reference. */
  compact(): void {
    if (this.#pending === 0) return;
    const begun = this.#begun ?? { hash: incremental.create(), length: 0 };
    for (const part of this.#parts) begun.hash.update(part);
    begun.length += this.#pending;
    this.#begun = begun;
    this.#parts = [];
    this.#pending = 0;
  }

  /** Lets go of everything, since nobody asks for the hash any more. */
  drop(): void {
    this.#parts = [];
    this.#pending = 0;
    this.#begun = undefined;
    this.#digests.length = 0;
  }

  /**
   * Returns size and hash of all that was added, or of what lies behind the first `blocks` whole blocks; nothing may be added afterwards.
   */
  async end(blocks = 0): Promise<StreamEnd> {
    if (this.#size > this.#digests.length * hashBlock) this.#digests.push(await this.#block());
    const hash = await hashOfBlocks(this.#subtle, this.#digests.slice(blocks));
    return { size: this.#size - blocks * hashBlock, hash };
  }

  async #block(): Promise<Bytes> {
    const digest = await this.#hash();
    this.#hashed(digest);
    return digest;
  }

  async #hash(): Promise<Bytes> {
    const [only, ...others] = this.#parts;
    if (this.#begun !== undefined) {
      this.compact();
      const { hash } = this.#begun;
      this.#begun = undefined;
      return new Uint8Array(hash.digest());
    }
    this.#parts = [];
    this.#pending = 0;
    return sha256(
      this.#subtle,
      only !== undefined && others.length === 0 ? only : concat(...(only === undefined ? [] : [only]), ...others),
    );
  }
}

/** Returns the hash of a stream (protocol page, section 4.3) from those of its blocks, in order. */
export function hashOfBlocks(subtle: Subtle, digests: readonly Bytes[]): Promise<Bytes> {
  return sha256(subtle, concat(...digests));
}
