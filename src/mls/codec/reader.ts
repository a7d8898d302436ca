import { type Bytes, noBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';

/** Reads one value of a structure. */
export type Decoder<T> = (reader: Reader) => T;

/** Reads the presentation language of RFC 9420, section 2.1, strictly: every length must be the shortest, every byte accounted for. */
export class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  /** A copy of everything, made when a view is asked for: the buffer that is read belongs to somebody else. */
  #copy: Bytes | undefined;

  /** Reads from `bytes`, of which nothing that it returns is a part. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
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

  /** Reads `opaque x[length]`, in a buffer of its own, so that who keeps it keeps nothing else. Throws `truncated`. */
  fixed(length: number): Bytes {
    return length === 0 ? noBytes : new Uint8Array(this.#take(length));
  }

  /** Reads `opaque x<V>`, in a buffer of its own. Throws `truncated`, `invalid_length_prefix`, `length_not_shortest`. */
  opaque(): Bytes {
    return this.fixed(this.vectorLength());
  }

  /** Reads `opaque x<V>` as a view of one copy of the whole: for ciphertexts, which are many or long and not kept. Throws as `opaque` does. */
  opaqueView(): Bytes {
    const { length } = this.#take(this.vectorLength());
    this.#copy ??= new Uint8Array(this.#bytes);
    return this.#copy.subarray(this.#offset - length, this.#offset);
  }

  /** Reads `T x<V>`. Throws `truncated`, `invalid_length_prefix`, `length_not_shortest` and what `decoder` throws. */
  vector<T>(decoder: Decoder<T>): readonly T[] {
    const inner = new Reader(this.#take(this.vectorLength()));
    const values: T[] = [];
    while (inner.remaining > 0) values.push(decoder(inner));
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
  const reader = new Reader(bytes);
  const value = decoder(reader);
  if (reader.remaining > 0) throw new MlsError('trailing_bytes', 'Bytes are left behind the end of the structure.');
  return value;
}
