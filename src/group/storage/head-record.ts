import { type Bytes, concat } from '../../protocol/bytes.ts';
import { safeNumber, unreadable } from './record.ts';

/** Seconds for which heads and authenticators are kept (groups page, section 5, Forks). */
export const headMemory = 31 * 86_400;

/** The log's head after an entry, with the entry's time in Unix seconds: 40 bytes. */
export interface HeadRecord {
  readonly at: number;
  readonly head: Bytes;
}

/** An epoch's authenticator, with the entry that began it: 48 bytes. */
export interface AuthenticatorRecord {
  readonly at: number;
  readonly index: number;
  readonly authenticator: Bytes;
}

/** Returns the record of a head. */
export function encodeHead({ at, head }: HeadRecord): Bytes {
  return concat(numbers(at), head);
}

/** Reads the record of a head. Throws `storage_failed`. */
export function decodeHead(bytes: Bytes): HeadRecord {
  if (bytes.length !== 40) throw unreadable();
  return { at: numberAt(bytes, 0), head: bytes.slice(8) };
}

/** Returns the record of an authenticator. */
export function encodeAuthenticator({ at, index, authenticator }: AuthenticatorRecord): Bytes {
  return concat(numbers(at, index), authenticator);
}

/** Reads the record of an authenticator. Throws `storage_failed`. */
export function decodeAuthenticator(bytes: Bytes): AuthenticatorRecord {
  if (bytes.length !== 48) throw unreadable();
  return { at: numberAt(bytes, 0), index: numberAt(bytes, 8), authenticator: bytes.slice(16) };
}

/** True for a head or authenticator that is older than is kept; `now` in Unix seconds. The newest of each stays all the same: a member is read with it. */
export function isForgotten({ at }: Pick<HeadRecord, 'at'>, now: number): boolean {
  return now - at > headMemory;
}

function numbers(...values: readonly number[]): Bytes {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setBigUint64(8 * i, BigInt(value));
  });
  return bytes;
}

function numberAt(bytes: Bytes, offset: number): number {
  return safeNumber(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(offset));
}
