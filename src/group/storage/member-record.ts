import type { Reader } from '../../mls/codec/reader.ts';
import { encode, type Writer } from '../../mls/codec/writer.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { Acquaintance, GroupMember } from '../member/group-member.ts';
import {
  readHex,
  readNumber,
  readRecord,
  readText,
  readUpTo,
  recordVersion,
  unreadable,
  writeHex,
  writeNumber,
  writeText,
} from './record.ts';

/** What of a member changes with its epoch alone. `keyId` is that of the own leaf's signature key. */
export interface MemberRecord extends Pick<GroupMember, 'selfId' | 'firstIndex' | 'epochBegan' | 'renewedAt'> {
  readonly keyId: string;
}

/** What of a member changes with every entry. */
export type PositionRecord = Pick<
  GroupMember,
  'next' | 'lastCommit' | 'isHeadConfirmed' | 'hasTraffic' | 'doubt' | 'ahead'
>;

/** Returns the record `member`. */
export function encodeMember(record: MemberRecord): Bytes {
  return encode((writer: Writer, value: MemberRecord) => {
    writer.u8(recordVersion);
    writeText(writer, value.selfId);
    writeNumber(writer, value.firstIndex);
    writeNumber(writer, value.epochBegan);
    writeNumber(writer, value.renewedAt);
    writeHex(writer, value.keyId);
  }, record);
}

/** Reads the record `member`. Throws `storage_failed`. */
export function decodeMember(bytes: Bytes): MemberRecord {
  return readRecord(bytes, (reader) => ({
    selfId: readText(reader),
    firstIndex: readNumber(reader),
    epochBegan: readNumber(reader),
    renewedAt: readNumber(reader),
    keyId: readHex(reader, 32),
  }));
}

const flags = { isHeadConfirmed: 1, hasTraffic: 2 } as const;

/** Returns the record `position`: 20 bytes, unless something is wrong in the group. */
export function encodePosition(record: PositionRecord): Bytes {
  return encode((writer: Writer, value: PositionRecord) => {
    writer.u8(recordVersion);
    writer.u8((value.isHeadConfirmed ? flags.isHeadConfirmed : 0) | (value.hasTraffic ? flags.hasTraffic : 0));
    writeNumber(writer, value.next);
    writeNumber(writer, value.lastCommit);
    writer.optional(value.doubt, (inner, { index, at }) => {
      writeNumber(inner, index);
      writeNumber(inner, at);
    });
    writer.vector(value.ahead, writeText);
  }, record);
}

/** Reads the record `position`. Throws `storage_failed`. */
export function decodePosition(bytes: Bytes): PositionRecord {
  return readRecord(bytes, (reader) => {
    const set = readUpTo(reader, flags.isHeadConfirmed | flags.hasTraffic);
    return {
      isHeadConfirmed: (set & flags.isHeadConfirmed) !== 0,
      hasTraffic: (set & flags.hasTraffic) !== 0,
      next: readNumber(reader),
      lastCommit: readNumber(reader),
      doubt: reader.optional((inner) => ({ index: readNumber(inner), at: readNumber(inner) })),
      ahead: reader.vector(readText),
    };
  });
}

/** Returns the record `acquaintances`. */
export function encodeAcquaintances(known: ReadonlyMap<string, Acquaintance>): Bytes {
  return encode((writer: Writer, value: ReadonlyMap<string, Acquaintance>) => {
    writer.u8(recordVersion);
    writer.vector([...value], (inner, [agentId, { sinceEpoch, isOlder, isHeard }]) => {
      writeText(inner, agentId);
      writeNumber(inner, sinceEpoch);
      inner.u8((isOlder ? 1 : 0) | (isHeard ? 2 : 0));
    });
  }, known);
}

/** Reads the record `acquaintances`. Throws `storage_failed`. */
export function decodeAcquaintances(bytes: Bytes): ReadonlyMap<string, Acquaintance> {
  return readRecord(bytes, (reader) => {
    const all = reader.vector(readAcquaintance);
    const known = new Map(all);
    if (known.size < all.length) throw unreadable();
    return known;
  });
}

function readAcquaintance(reader: Reader): readonly [string, Acquaintance] {
  const agentId = readText(reader);
  const sinceEpoch = readNumber(reader);
  const set = readUpTo(reader, 3);
  return [agentId, { sinceEpoch, isOlder: (set & 1) !== 0, isHeard: (set & 2) !== 0 }];
}
