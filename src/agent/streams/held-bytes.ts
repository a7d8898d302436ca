import type { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import type { BufferShare } from './buffer-quota.ts';
import type { ByteWindow } from './byte-window.ts';

/** What one stream holds: the bytes of its window, or those whose block is not hashed yet, which are the same ones. */
export class HeldBytes {
  readonly #share: BufferShare;
  readonly #window: ByteWindow;
  readonly #hash: StreamHash;

  constructor(share: BufferShare, window: ByteWindow, hash: StreamHash) {
    this.#share = share;
    this.#window = window;
    this.#hash = hash;
  }

  /** Returns how many bytes are held. */
  get count(): number {
    return Math.max(this.#window.to - this.#window.from, this.#hash.pending);
  }

  /** Gives back the room of what is held no more. */
  settle(): void {
    this.#share.give(this.#share.held - this.count);
  }

  /** Takes room for up to `wanted` bytes more, if need be by hashing what was held for that alone; returns for how many. */
  take(wanted: number): number {
    const room = this.#share.take(wanted);
    if (room > 0 || this.#hash.pending <= this.#window.to - this.#window.from) return room;
    this.#hash.compact();
    this.settle();
    return this.#share.take(wanted);
  }
}
