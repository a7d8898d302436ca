import { type Bytes, noBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';

function outOfRange(value: number | bigint): MlsError {
  return new MlsError('number_out_of_range', `${value} is no number of this width.`);
}

/** Returns how many bytes a vector's length takes (section 2.1.2). Throws `vector_too_long`. */
function lengthOfLength(length: number): 1 | 2 | 4 {
  if (length < 0x40) return 1;
  if (length < 0x4000) return 2;
  if (length < 0x4000_0000) return 4;
  throw new MlsError('vector_too_long', 'A vector of 2^30 bytes or more has no encoding.');
}

/** Writes one value of a structure. */
export type Encoder<T> = (writer: Writer, value: T) => void;

/** Buffers that writers gave back, zeros again: to allocate one for each of many short encodings takes longer than to write them. */
const spareBuffers: Bytes[] = [];
const mostSpareBuffers = 4;
const firstLength = 1_024;
const longestSpareBuffer = 65_536;

/** Writes the presentation language of RFC 9420, section 2.1: integers big-endian, vectors behind a variable-size length. */
export class Writer {
  #bytes: Bytes = spareBuffers.pop() ?? new Uint8Array(firstLength);
  #length = 0;

  /** Writes one byte. Throws `number_out_of_range`. */
  u8(value: number): void {
    this.#number(value, 1);
  }

  /** Writes two bytes. Throws `number_out_of_range`. */
  u16(value: number): void {
    this.#number(value, 2);
  }

  /** Writes four bytes. Throws `number_out_of_range`. */
  u32(value: number): void {
    this.#number(value, 4);
  }

  /** Writes eight bytes. Throws `number_out_of_range`. */
  u64(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw outOfRange(value);
    this.u32(Number(value >> 32n));
    this.u32(Number(value & 0xffff_ffffn));
  }

  /** Writes bytes as they are, without a length: `opaque x[n]`. */
  fixed(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes `opaque x<V>`. Throws `vector_too_long`. */
  opaque(bytes: Uint8Array): void {
    this.#vectorLength(bytes.length);
    this.fixed(bytes);
  }

  /** Writes `T x<V>`. Throws `vector_too_long`. */
  vector<T>(values: readonly T[], encode: Encoder<T>): void {
    const start = this.#length;
    // Most vectors are so short that their length takes one byte; what is longer is moved.
    this.u8(0);
    for (const value of values) encode(this, value);
    const end = this.#length;
    const length = end - start - 1;
    const moved = lengthOfLength(length) - 1;
    if (moved > 0) {
      this.#reserve(moved);
      this.#bytes.copyWithin(start + 1 + moved, start + 1, end);
    }
    this.#length = start;
    this.#vectorLength(length);
    this.#length = end + moved;
  }

  /** Writes `optional<T> x`. */
  optional<T>(value: T | undefined, encode: Encoder<T>): void {
    this.u8(value === undefined ? 0 : 1);
    if (value !== undefined) encode(this, value);
  }

  /** Returns what was written, in a buffer of its own, which is the only copy: what was written may be secret. */
  finish(): Bytes {
    const written = this.#bytes;
    const whole = written.slice(0, this.#length);
    written.fill(0, 0, this.#length);
    this.#bytes = noBytes;
    this.#length = 0;
    const isSpare = written.length > 0 && written.length <= longestSpareBuffer;
    if (isSpare && spareBuffers.length < mostSpareBuffers) spareBuffers.push(written);
    return whole;
  }

  #number(value: number, width: 1 | 2 | 4): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width)) throw outOfRange(value);
    this.#reserve(width);
    for (let shift = 8 * (width - 1); shift >= 0; shift -= 8) this.#bytes[this.#length++] = value >>> shift;
  }

  #vectorLength(length: number): void {
    const bytes = lengthOfLength(length);
    if (bytes === 1) this.u8(length);
    else if (bytes === 2) this.u16(0x4000 | length);
    else this.u32((0x8000_0000 | length) >>> 0);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes.fill(0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Returns the encoding of one value, in a buffer of its own. */
export function encode<T>(encoder: Encoder<T>, value: T): Bytes {
  const writer = new Writer();
  encoder(writer, value);
  return writer.finish();
}
