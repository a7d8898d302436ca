import { type Bytes, noBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';

/** Reads one value of a structure. */
export type Decoder<T> = (reader: Reader) => T;

/** How many parts a value may still have: elements of vectors, and vectors of bytes. Each takes some hundred bytes of memory. */
interface Allowance {
  left: number;
}

/** Anybody's value may have so many parts, and one more for each 16 bytes: no honest one has that many, keys and signatures being long. */
const partsOfAny = 8192;
const bytesOfPart = 16;

/** Reads the presentation language of RFC 9420, section 2.1, strictly: every length must be the shortest, every byte accounted for. */
export class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  /** A copy of everything, made when a view is asked for: the buffer that is read belongs to somebody else. */
  #copy: Bytes | undefined;
  readonly #allowance: Allowance;

  /** Reads from `bytes`, of which nothing that it returns is a part. */
  constructor(bytes: Uint8Array, allowance: Allowance = { left: partsOfAny + bytes.length / bytesOfPart }) {
    this.#bytes = bytes;
    this.#allowance = allowance;
  }

  /** Returns how many bytes are left. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Reads one byte. Throws `truncated`. */
  u8(): number {
    const value = this.#bytes[this.#offset];
    if (value === undefined) throw this.#truncated();
    this.#offset++;
    return value;
  }

  /** Reads two bytes. Throws `truncated`. */
  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  /** Reads four bytes. Throws `truncated`. */
  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  /** Reads eight bytes. Throws `truncated`. */
  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  /** Reads `opaque x[length]`, in a buffer of its own, so that who keeps it keeps nothing else. Throws `truncated`, `too_many_parts`. */
  fixed(length: number): Bytes {
    if (length === 0) return noBytes;
    const bytes = this.#take(length);
    this.#countPart();
    return new Uint8Array(bytes);
  }

  /** Reads `opaque x<V>`, in a buffer of its own. Throws `truncated`, `invalid_length_prefix`, `length_not_shortest`, `too_many_parts`. */
  opaque(): Bytes {
    return this.fixed(this.vectorLength());
  }

  /** Reads `opaque x<V>` as a view of one copy of the whole: for ciphertexts, which are many or long and not kept. Throws as `opaque` does. */
  opaqueView(): Bytes {
    const { length } = this.#take(this.vectorLength());
    this.#countPart();
    this.#copy ??= new Uint8Array(this.#bytes);
    return this.#copy.subarray(this.#offset - length, this.#offset);
  }

  /** Reads `T x<V>`. Throws `truncated`, `invalid_length_prefix`, `length_not_shortest`, `too_many_parts` and what `decoder` throws. */
  vector<T>(decoder: Decoder<T>): readonly T[] {
    const inner = this.#inner();
    const values: T[] = [];
    while (inner.remaining > 0) {
      const before = inner.remaining;
      values.push(decoder(inner));
      // An element of one byte takes no memory: it is a blank node, or no bytes at all.
      if (before - inner.remaining > 1) this.#countPart();
    }
    return values;
  }

  /** Reads `uint16 x<V>` or `uint32 x<V>`. Throws `truncated`, `invalid_length_prefix`, `length_not_shortest`. */
  numbers(width: 2 | 4): readonly number[] {
    const inner = this.#inner();
    const values: number[] = [];
    while (inner.remaining > 0) values.push(width === 2 ? inner.u16() : inner.u32());
    return values;
  }

  /** Reads `optional<T> x`. Throws `truncated`, `invalid_optional` and what `decoder` throws. */
  optional<T>(decoder: Decoder<T>): T | undefined {
    const presence = this.u8();
    if (presence === 0) return undefined;
    if (presence !== 1) throw new MlsError('invalid_optional', 'An optional value begins with neither 0 nor 1.');
    return decoder(this);
  }

  /** Passes over the zeros that fill the rest. Returns false when there is any other byte. */
  zeros(): boolean {
    return this.#take(this.remaining).every((byte) => byte === 0);
  }

  /** Reads the length in front of a vector (section 2.1.2). Throws `truncated`, `invalid_length_prefix`, `length_not_shortest`. */
  vectorLength(): number {
    const first = this.u8();
    const prefix = first >>> 6;
    if (prefix === 3) throw new MlsError('invalid_length_prefix', 'A vector begins with the invalid prefix 0b11.');
    let length = first & 0x3f;
    for (let more = (1 << prefix) - 1; more > 0; more--) length = length * 0x100 + this.u8();
    const shortest = length < 0x40 ? 0 : length < 0x4000 ? 1 : 2;
    if (shortest !== prefix) throw new MlsError('length_not_shortest', 'A length is not in its shortest encoding.');
    return length;
  }

  #inner(): Reader {
    return new Reader(this.#take(this.vectorLength()), this.#allowance);
  }

  #countPart(): void {
    if (--this.#allowance.left < 0)
      throw new MlsError('too_many_parts', 'The value has too many parts for its length.');
  }

  #take(length: number): Uint8Array {
    if (length > this.remaining) throw this.#truncated();
    const bytes = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return bytes;
  }

  #truncated(): MlsError {
    return new MlsError('truncated', 'The bytes end before the structure does.');
  }
}

/** Returns the one value that `bytes` hold, in buffers of its own. Throws `trailing_bytes` and what `decoder` throws. */
export function decode<T>(decoder: Decoder<T>, bytes: Uint8Array): T {
  return wholeOf(decoder, new Reader(bytes));
}

/**
 * Returns the one value that `bytes` hold which this implementation wrote itself, of however many parts: together they may have more than
 * each of the messages that they came in. Throws `trailing_bytes` and what `decoder` throws.
 */
export function decodeOwn<T>(decoder: Decoder<T>, bytes: Uint8Array): T {
  return wholeOf(decoder, new Reader(bytes, { left: Number.POSITIVE_INFINITY }));
}

function wholeOf<T>(decoder: Decoder<T>, reader: Reader): T {
  const value = decoder(reader);
  if (reader.remaining > 0) throw new MlsError('trailing_bytes', 'Bytes are left behind the end of the structure.');
  return value;
}
