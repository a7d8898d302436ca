import { type Bytes, concat, pushPart } from '../../protocol/bytes.ts';

/** The bytes of a stream between two offsets: added at its end, let go of at its beginning. */
export class ByteWindow {
  #parts: Bytes[] = [];
  #from = 0;
  #to = 0;

  /** The offset of its first byte. */
  get from(): number {
    return this.#from;
  }

  /** The offset behind its last byte. */
  get to(): number {
    return this.#to;
  }

  /** Adds bytes at its end. They must not change. */
  push(bytes: Bytes): void {
    if (bytes.length === 0) return;
    pushPart(this.#parts, bytes);
    this.#to += bytes.length;
  }

  /** Returns up to `most` bytes from offset `from` on, which lies within it. One part is not copied. */
  slice(from: number, most: number): Bytes {
    const found: Bytes[] = [];
    let at = this.#from;
    let left = Math.min(most, this.#to - from);
    for (const part of this.#parts) {
      const end = at + part.length;
      if (left > 0 && end > from) {
        const piece = part.subarray(Math.max(0, from - at), Math.max(0, from - at) + left);
        found.push(piece);
        left -= piece.length;
      }
      at = end;
      if (left <= 0) break;
    }
    const [only, ...others] = found;
    return only !== undefined && others.length === 0 ? only : concat(...found);
  }

  /** Lets go of all of it: the offsets stay. */
  clear(): void {
    this.#parts = [];
    this.#from = this.#to;
  }

  /** Lets go of what lies before `offset`; returns how many bytes that were. */
  release(offset: number): number {
    const until = Math.min(offset, this.#to);
    const before = this.#from;
    while (this.#from < until) {
      const [part] = this.#parts;
      if (part === undefined) break;
      const cut = Math.min(part.length, until - this.#from);
      if (cut === part.length) this.#parts.shift();
      else this.#parts[0] = part.subarray(cut);
      this.#from += cut;
    }
    return this.#from - before;
  }
}
