import type { Bytes } from '../../protocol/bytes.ts';

/** Bytes of one slab, and of what is put into it at most: larger pieces stay what they are. */
const slabBytes = 64 * 1024;
const smallBytes = 16 * 1024;

/** Puts small pieces side by side, since each of them alone takes more memory than its bytes. */
export class Slab {
  #slab: Bytes = new Uint8Array(0);
  #used = 0;

  /** Returns the same bytes: a small piece behind the one before it. */
  keep(bytes: Bytes): Bytes {
    const { length } = bytes;
    if (length > smallBytes) return bytes;
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    this.#slab.set(bytes, this.#used);
    this.#used += length;
    return this.#slab.subarray(this.#used - length, this.#used);
  }
}
