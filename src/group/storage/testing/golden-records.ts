import { toLeafIndex } from '../../../mls/indices.ts';
import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import { messageIdOf } from '../../payload/testing/message-ids.ts';
import { decodeAuthenticator, decodeHead, encodeAuthenticator, encodeHead } from '../head-record.ts';
import {
  decodeAcquaintances,
  decodeMember,
  decodePosition,
  encodeAcquaintances,
  encodeMember,
  encodePosition,
} from '../member-record.ts';
import { decodeOutbox, encodeOwnLeave, encodeOwnMessage } from '../outbox-record.ts';

const bytes32 = Uint8Array.from({ length: 32 }, (_, at) => at);
const hex32 = toHex(bytes32);
const entry = {
  entryId: 'ab'.repeat(16),
  kind: 'message',
  after: -1,
  message: Uint8Array.of(1, 2, 3),
} as const;

const member = { selfId: 'anna', firstIndex: 0, epochBegan: 1_790_000_000, renewedAt: 1_790_000_001, keyId: hex32 };
const position = { next: 7, lastCommit: -1, isHeadConfirmed: true, hasTraffic: false, doubt: undefined, ahead: [] };
const doubtful = { ...position, hasTraffic: true, doubt: { index: 6, at: 1_790_000_000 }, ahead: ['bert'] };
const acquaintances = new Map([['anna', { sinceEpoch: 3, isOlder: true, isHeard: false }]]);
const message = { entry, hash: hex32, messageId: messageIdOf(0xcd) };
const leave = {
  entry: { ...entry, kind: 'proposal', isLeaving: true } as const,
  hash: hex32,
  madeIn: bytes32.slice(0, 4),
  leaf: toLeafIndex(2),
  reference: bytes32.slice(0, 2),
};

/** What earlier versions have stored: each of these lines is read for ever. */
export const goldenRecords: readonly (readonly [
  name: string,
  stored: string,
  encode: () => Bytes,
  decode: (bytes: Bytes) => unknown,
  value: unknown,
])[] = [
  [
    'head',
    `000000006ab13b80${hex32}`,
    () => encodeHead({ at: 1_790_000_000, head: bytes32 }),
    decodeHead,
    { at: 1_790_000_000, head: bytes32 },
  ],
  [
    'auth',
    `000000006ab13b800000000000000007${hex32}`,
    () => encodeAuthenticator({ at: 1_790_000_000, index: 7, authenticator: bytes32 }),
    decodeAuthenticator,
    { at: 1_790_000_000, index: 7, authenticator: bytes32 },
  ],
  [
    'member',
    `0104616e6e610000000000000001000000006ab13b81000000006ab13b82${hex32}`,
    () => encodeMember(member),
    decodeMember,
    member,
  ],
  [
    'position',
    '01010000000000000008000000000000000000' + '00',
    () => encodePosition(position),
    decodePosition,
    position,
  ],
  [
    'position in doubt',
    '010300000000000000080000000000000000010000000000000007000000006ab13b81050462657274',
    () => encodePosition(doubtful),
    decodePosition,
    doubtful,
  ],
  [
    'acquaintances',
    '010e04616e6e61000000000000000401',
    () => encodeAcquaintances(acquaintances),
    decodeAcquaintances,
    acquaintances,
  ],
  [
    'own message',
    `0100${'ab'.repeat(16)}${hex32}00000000000000000000030102030000${'cd'.repeat(16)}`,
    () => encodeOwnMessage(message),
    decodeOutbox,
    { kind: 'message', message },
  ],
  [
    'own leave',
    `0101${'ab'.repeat(16)}${hex32}01010000000000000000030102030000040001020300000002020001`,
    () => encodeOwnLeave(leave),
    decodeOutbox,
    { kind: 'leave', leave },
  ],
];
