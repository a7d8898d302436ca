import type { Bytes } from '../protocol/bytes.ts';

interface Sealed {
  readonly ciphertext: Bytes;
}

/** Gathers records up to a number, and up to so many bytes of ciphertext; the first one whatever its size. */
export class BoundedPiece<T extends Sealed> {
  readonly records: T[] = [];
  readonly #count: number;
  #bytesLeft: number;

  constructor(count: number, bytes: number = Number.POSITIVE_INFINITY) {
    this.#count = count;
    this.#bytesLeft = bytes;
  }

  /** Takes a record; false when it does not fit, and then no more does. */
  add(record: T): boolean {
    this.#bytesLeft -= record.ciphertext.length;
    const fits = this.records.length < this.#count && (this.#bytesLeft >= 0 || this.records.length === 0);
    if (fits) this.records.push(record);
    return fits;
  }
}

/** Returns as many of the records as fit, in their order. */
export function bounded<T extends Sealed>(records: Iterable<T>, count: number, bytes?: number): readonly T[] {
  const piece = new BoundedPiece<T>(count, bytes);
  for (const record of records) if (!piece.add(record)) break;
  return piece.records;
}
