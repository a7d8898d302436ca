import { beforeAll, describe, expect, it } from 'vitest';
import { toLeafIndex } from '../../mls/indices.ts';
import { fromHex, toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { lastOf, trioOf } from '../member/testing/trio.ts';
import { messageIdOf } from '../payload/testing/message-ids.ts';
import { GroupWorld } from '../testing/group-world.ts';
import {
  decodeAuthenticator,
  decodeHead,
  encodeAuthenticator,
  encodeHead,
  headMemory,
  isForgotten,
} from './head-record.ts';
import { loadMember } from './load.ts';
import {
  decodeAcquaintances,
  decodeMember,
  decodePosition,
  encodeAcquaintances,
  encodeMember,
  encodePosition,
} from './member-record.ts';
import { decodeOutbox, encodeOwnLeave, encodeOwnMessage } from './outbox-record.ts';

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
const golden: readonly (readonly [
  name: string,
  stored: string,
  encode: () => Uint8Array,
  decode: (bytes: Uint8Array<ArrayBuffer>) => unknown,
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

describe('the records of a group', () => {
  it.each(golden)('%s is stored as it always was', (_, stored, encode, decode, value) => {
    expect(toHex(encode())).toBe(stored);
    expect(decode(fromHex(stored))).toEqual(value);
  });

  it.each(golden)('%s of another version, or cut short, cannot be read', (name, stored, _, decode) => {
    const refused = (hex: string) => {
      try {
        decode(fromHex(hex));
        return 'accepted';
      } catch (error) {
        return error instanceof ParleyError ? error.code : error;
      }
    };
    expect(refused(stored.slice(2))).toBe('storage_failed');
    expect(refused(stored.slice(0, -2))).toBe('storage_failed');
    expect(refused('')).toBe('storage_failed');
    if (!['head', 'auth'].includes(name)) expect(refused(`02${stored.slice(2)}`)).toBe('storage_failed');
  });

  it('of heads are kept 31 days', () => {
    const at = 1_790_000_000;
    expect(isForgotten({ at }, at + headMemory)).toBe(false);
    expect(isForgotten({ at }, at + headMemory + 1)).toBe(true);
    expect(headMemory).toBe(31 * 86_400);
  });
});

describe('what a message costs in storage (groups page, section 5, Storage)', () => {
  let world: GroupWorld;

  beforeAll(async () => {
    world = await GroupWorld.create();
  });

  it('is the ratchets of its leaf, the position and the head from a leaf’s second message on', async () => {
    const { anna, bert } = await trioOf(world);
    for (let count = 0; count < 3; count++) await anna.say('hello');
    await bert.catchUp();
    const { written } = bert.rows;
    expect([...written.keys()].toSorted()).toEqual(['head/0000000003', 'position', 'ratchets/0']);
    expect(written.get('ratchets/0')).toBeLessThanOrEqual(150);
    expect(written.get('position')).toBeLessThanOrEqual(20);
    expect(written.get('head/0000000003')).toBe(40);
  });

  it('is the same for what one says oneself, but for the bytes that wait', async () => {
    const { anna } = await trioOf(world);
    await anna.say('one');
    await anna.say('two');
    const parts = [...anna.rows.written].filter(([part]) => !part.startsWith('outbox/'));
    expect(parts).toEqual([['ratchets/0', expect.any(Number)]]);
    await anna.catchUp();
    expect([...anna.rows.written.keys()].toSorted()).toEqual(['head/0000000002', 'position']);
  });

  it('cannot be read when a part is missing, of another epoch, or its key is gone', async () => {
    const { anna, bert, log } = await trioOf(world);
    await anna.say('one');
    await anna.say('two');
    await bert.catchUp();
    const load = () => loadMember(crypto.subtle, log.groupId, bert.rows);
    const { rows, keys } = bert.rows;
    for (const part of ['position', 'epoch', 'secrets', 'acquaintances', 'head/0000000002']) {
      const kept = rows.get(part);
      rows.delete(part);
      await expect(load(), part).rejects.toMatchObject({ code: 'storage_failed' });
      if (kept !== undefined) rows.set(part, kept);
    }
    const former = rows.get('epoch');
    await anna.catchUp();
    await anna.commit({});
    await lastOf(bert);
    const present = rows.get('epoch');
    if (former !== undefined) rows.set('epoch', former);
    await expect(load()).rejects.toMatchObject({ code: 'storage_failed' });
    if (present !== undefined) rows.set('epoch', present);
    expect((await load())?.state.context.epoch).toBe(2n);
    keys.clear();
    await expect(load()).rejects.toMatchObject({ code: 'storage_failed' });
    rows.clear();
    expect(await load()).toBeUndefined();
  });
});
