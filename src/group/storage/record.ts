import { decodeOwn, type Reader } from '../../mls/codec/reader.ts';
import type { Writer } from '../../mls/codec/writer.ts';
import { MlsError } from '../../mls/errors.ts';
import { type Bytes, fromHex, toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The version that every record begins with. */
export const recordVersion = 1;

/** Writes a whole number from -1 on. */
export function writeNumber(writer: Writer, value: number): void {
  writer.u64(BigInt(value + 1));
}

/** Reads what `writeNumber` wrote. Throws `storage_failed` for what a double cannot hold. */
export function readNumber(reader: Reader): number {
  return safeNumber(reader.u64()) - 1;
}

/** Returns an integer as a number. Throws `storage_failed` for what a double cannot hold. */
export function safeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw unreadable();
  return number;
}

/** Reads one byte that is at most `most`: flags, or one of some kinds. Throws `storage_failed`. */
export function readUpTo(reader: Reader, most: number): number {
  const value = reader.u8();
  if (value > most) throw unreadable();
  return value;
}

/** Writes a text. */
export function writeText(writer: Writer, text: string): void {
  writer.opaque(encoder.encode(text));
}

/** Reads a text. */
export function readText(reader: Reader): string {
  return decoder.decode(reader.opaque());
}

/** Writes bytes that are had as hex digits, as many as the reader knows. */
export function writeHex(writer: Writer, hex: string): void {
  writer.fixed(fromHex(hex));
}

/** Reads so many bytes as lowercase hex. */
export function readHex(reader: Reader, length: number): string {
  return toHex(reader.fixed(length));
}

/** Reads a record of this room. Throws `storage_failed` for bytes that are none. */
export function readRecord<T>(bytes: Bytes, read: (reader: Reader) => T): T {
  try {
    return decodeOwn((reader) => {
      if (reader.u8() !== recordVersion) throw unreadable();
      return read(reader);
    }, bytes);
  } catch (cause) {
    throw asUnreadable(cause);
  }
}

/** Returns `storage_failed` for what reading MLS's own records throws; any other error as it is. */
export function asUnreadable(cause: unknown): unknown {
  return cause instanceof MlsError || cause instanceof TypeError ? unreadable(cause) : cause;
}

/** Returns the error for what is stored of a group and is not as it was written. */
export function unreadable(cause?: unknown): ParleyError {
  return new ParleyError('storage_failed', 'What is stored of a group cannot be read.', { cause });
}
