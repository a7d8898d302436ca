import type { Bytes } from '../../protocol/bytes.ts';

/** Bytes of a natural number at most. */
const longestNatural = 8;

/** Reads bytes one after the other. Throws a RangeError past their end. */
export class ByteReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  /** True when nothing is left. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError('The entry ends too soon.');
    this.#at += 1;
    return value;
  }

  bytes(count: number): Bytes {
    if (count > this.#bytes.length - this.#at) throw new RangeError('The entry ends too soon.');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** Reads everything that is left. */
  rest(): Bytes {
    return this.bytes(this.#bytes.length - this.#at);
  }

  /** Reads a natural number, 7 bits a byte, the lowest first. */
  natural(): number {
    let value = 0;
    let weight = 1;
    for (let count = 0; count < longestNatural; count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
      weight *= 0x80;
    }
    throw new RangeError('A number of the entry is too long.');
  }
}
