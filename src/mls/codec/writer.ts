import type { Bytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';

const longestVector = 0x3fff_ffff;

/** Writes one value of a structure. */
export type Encoder<T> = (writer: Writer, value: T) => void;

/** Writes the presentation language of RFC 9420, section 2.1: integers big-endian, vectors behind a variable-size length. */
export class Writer {
  #bytes: Bytes = new Uint8Array(256);
  #length = 0;

  /** Writes one byte. */
  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Writes two bytes. */
  u16(value: number): void {
    this.u8(value >>> 8);
    this.u8(value & 0xff);
  }

  /** Writes four bytes. */
  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  /** Writes eight bytes. */
  u64(value: bigint): void {
    this.u32(Number((value >> 32n) & 0xffff_ffffn));
    this.u32(Number(value & 0xffff_ffffn));
  }

  /** Writes bytes as they are, without a length: `opaque x[n]`. */
  fixed(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes `opaque x<V>`. */
  opaque(bytes: Uint8Array): void {
    this.#vectorLength(bytes.length);
    this.fixed(bytes);
  }

  /** Writes `T x<V>`. */
  vector<T>(values: readonly T[], encode: Encoder<T>): void {
    const inner = new Writer();
    for (const value of values) encode(inner, value);
    this.opaque(inner.#bytes.subarray(0, inner.#length));
    inner.#bytes.fill(0);
  }

  /** Writes `optional<T> x`. */
  optional<T>(value: T | undefined, encode: Encoder<T>): void {
    this.u8(value === undefined ? 0 : 1);
    if (value !== undefined) encode(this, value);
  }

  /** Returns what was written, in a buffer of its own, which is the only copy: what was written may be secret. */
  finish(): Bytes {
    const whole = this.#bytes.slice(0, this.#length);
    this.#bytes.fill(0);
    this.#length = 0;
    return whole;
  }

  #vectorLength(length: number): void {
    if (length > longestVector)
      throw new MlsError('vector_too_long', 'A vector of 2^30 bytes or more has no encoding.');
    if (length < 0x40) this.u8(length);
    else if (length < 0x4000) this.u16(0x4000 | length);
    else this.u32((0x8000_0000 | length) >>> 0);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes.fill(0);
    this.#bytes = larger;
  }
}

/** Returns the encoding of one value, in a buffer of its own. */
export function encode<T>(encoder: Encoder<T>, value: T): Bytes {
  const writer = new Writer();
  encoder(writer, value);
  return writer.finish();
}
