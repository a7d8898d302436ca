import { type Bytes, concat, fromHex, toHex } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';

/** What a KeyPackage was made for. */
export type PackageKind = 'one_time' | 'last_resort' | 'rejoin';

/** A KeyPackage of this agent as it is stored. Times are in Unix seconds. */
export interface PackageRecord {
  readonly kind: PackageKind;
  readonly madeAt: number;
  readonly notAfter: number;
  /** Of a last-resort one: when another took its place at the service. */
  readonly replacedAt: number | undefined;
  /** Of one for a rejoin: the group_id. */
  readonly rejoins: string | undefined;
  /** SHA-256 of its signature key in hex. */
  readonly keyId: string;
  readonly initSecret: Bytes;
  readonly leafSecret: Bytes;
  /** The MLSMessage. */
  readonly bytes: Bytes;
}

const version = 1;
const kinds: readonly PackageKind[] = ['one_time', 'last_resort', 'rejoin'];
/** Version and kind, three times, group_id, key id; then the two secrets and the MLSMessage. */
const [headLength, secretLength] = [2 + 3 * 8 + 16 + 32, 48];
const noGroup = '0'.repeat(32);

/** Returns the bytes of a record: binary, so that the secrets in it can be wiped. */
export function encodePackage(record: PackageRecord): Bytes {
  const head = new Uint8Array(2 + 3 * 8);
  const view = new DataView(head.buffer);
  view.setUint8(0, version);
  view.setUint8(1, kinds.indexOf(record.kind));
  const times = [record.madeAt, record.notAfter, record.replacedAt ?? 0];
  for (const [i, time] of times.entries()) view.setBigUint64(2 + 8 * i, BigInt(time));
  const { rejoins = noGroup, keyId, initSecret, leafSecret, bytes } = record;
  return concat(head, fromHex(rejoins), fromHex(keyId), initSecret, leafSecret, bytes);
}

/** Reads what `encodePackage` made. Throws `storage_failed` for anything else. */
export function decodePackage(bytes: Bytes): PackageRecord {
  const secretsAt = headLength;
  const messageAt = headLength + 2 * secretLength;
  const kind = kinds[bytes[1] ?? kinds.length];
  if (bytes[0] !== version || kind === undefined || bytes.length <= messageAt) throw unreadable();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const time = (i: number) => {
    const seconds = Number(view.getBigUint64(2 + 8 * i));
    if (!Number.isSafeInteger(seconds)) throw unreadable();
    return seconds;
  };
  const replacedAt = time(2);
  const rejoins = toHex(bytes.subarray(26, 42));
  return {
    kind,
    madeAt: time(0),
    notAfter: time(1),
    replacedAt: replacedAt === 0 ? undefined : replacedAt,
    rejoins: rejoins === noGroup ? undefined : rejoins,
    keyId: toHex(bytes.subarray(42, secretsAt)),
    initSecret: bytes.slice(secretsAt, secretsAt + secretLength),
    leafSecret: bytes.slice(secretsAt + secretLength, messageAt),
    bytes: bytes.slice(messageAt),
  };
}

function unreadable(): ParleyError {
  return new ParleyError('storage_failed', 'A stored KeyPackage cannot be read. A new one is made in its place.');
}
