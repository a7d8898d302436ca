import type * as v from 'valibot';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { Chance } from '../mls/testing/chance.ts';
import { type Bytes, concat, toHex } from '../protocol/bytes.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import type { JsonValue } from '../protocol/wire/json.ts';
import { parseMessage, parseObject } from '../protocol/wire/parse.ts';
import { checkCredential } from './credential/check-credential.ts';
import { parseCredential, signCredential } from './credential/credential.ts';
import { encodeDescriptor, parseDescriptor } from './descriptor/descriptor.ts';
import { encodePayload } from './payload/encode.ts';
import { parsePayload } from './payload/parse.ts';
import type { GroupPayload } from './payload/payload.ts';
import { messageIdOf } from './payload/testing/message-ids.ts';
import { fuzzed, saysTheSame, type Target } from './testing/fuzz.ts';
import { GroupWorld, now, random } from './testing/group-world.ts';
import * as answers from './wire/delivery-answers.ts';
import * as calls from './wire/delivery-calls.ts';

const runs = inject('exhaustive') ? 10_000 : 300;
const timeout = 1_800_000;
const chance = new Chance(Date.now());
const groupId = 'ab'.repeat(16);
const hash = encodeBase64(new Uint8Array(32).fill(7));
const decoder = new TextDecoder();

describe('what a leaf says', { timeout }, () => {
  let world: GroupWorld;
  beforeAll(async () => {
    world = await GroupWorld.create();
  });

  test.each([undefined, groupId])('is refused in a credential that was changed (for a rejoin: %s)', async (rejoins) => {
    const anna = await world.agent('anna');
    const signatureKey = random(32);
    const claims = anna.claims(rejoins === undefined ? {} : { rejoins });
    const sample = await signCredential(claims, signatureKey, anna.sign);
    const { certificate } = anna;
    const evidence = { certificate, authorities: [world.authority.certificate] };
    const read = (bytes: Bytes) => checkCredential(parseCredential(bytes), signatureKey, evidence);
    expect(await fuzzed({ sample, read }, runs, chance)).toEqual({ refused: runs, read: 0 });
  });

  test('is refused when only its members are changed, in canonical form', async () => {
    const anna = await world.agent('anna');
    const signatureKey = random(32);
    const identity = await signCredential(anna.claims(), signatureKey, anna.sign);
    const evidence = { certificate: anna.certificate, authorities: [world.authority.certificate] };
    const sample: JsonValue = JSON.parse(decoder.decode(identity));
    const read = (bytes: Bytes) => checkCredential(parseCredential(bytes), signatureKey, evidence);
    const isFaithful = (_: unknown, bytes: Bytes) => toHex(bytes) === toHex(identity);
    expect(await fuzzed({ sample, read, isFaithful }, runs, chance)).toEqual({ refused: runs, read: 0 });
  });
});

test('a descriptor is read in canonical form alone', { timeout }, async () => {
  const descriptor = { kind: 'group', name: 'Trip “1”', admins: ['anna', 'bert'], createdAt: now } as const;
  const sample = encodeDescriptor(descriptor);
  const target = {
    read: parseDescriptor,
    isFaithful: (value: ReturnType<typeof parseDescriptor>, bytes: Bytes) =>
      toHex(encodeDescriptor(value)) === toHex(bytes),
  };
  expect((await fuzzed({ sample, ...target }, runs, chance)).refused).toBeGreaterThan(runs / 2);
  const json: JsonValue = JSON.parse(decoder.decode(sample));
  expect((await fuzzed({ sample: json, ...target }, runs, chance)).refused).toBeGreaterThan(runs / 2);
});

describe('what a member says', { timeout }, () => {
  const sent = { messageId: messageIdOf(1), sentAt: now, seen: { index: 3, head: new Uint8Array(32).fill(9) } };
  const payloads: [name: string, payload: GroupPayload, attachment?: Bytes][] = [
    ['a message', { type: 'GROUP_MESSAGE', ...sent, content: { a: [1, 'b', null] } }],
    ['a message with an attachment', { type: 'GROUP_MESSAGE', ...sent, content: 'see' }, new Uint8Array(60).fill(5)],
    [
      'a request',
      { type: 'GROUP_REQUEST', ...sent, method: 'ask', parameters: 'who?', expiresAt: now + 60, to: ['anna', 'bert'] },
    ],
    ['a request to all', { type: 'GROUP_REQUEST', ...sent, method: 'ask', parameters: {}, expiresAt: now + 60 }],
    [
      'an answer',
      { type: 'GROUP_RESPONSE', ...sent, answers: messageIdOf(2), outcome: { status: 'SUCCESS', result: [1] } },
    ],
    [
      'an error',
      {
        type: 'GROUP_RESPONSE',
        ...sent,
        answers: messageIdOf(2),
        outcome: { status: 'ERROR', error: { code: 'not_permitted', detail: 'no' } },
      },
    ],
    ['a receipt', { type: 'GROUP_RECEIPT', ...sent, read: 7 }],
  ];

  test.each(payloads)('in %s is malformed, or read as it is', async (_, payload, attachment) => {
    const sample = encodePayload(payload, attachment);
    const read = (bytes: Bytes) => parsePayload(bytes, 5);
    // JSON of a payload need not be canonical: what was read is written again and says the same.
    const isFaithful = (value: ReturnType<typeof read>) => {
      const again = read(encodePayload(value.payload, value.attachment));
      return (
        toHex(encodePayload(again.payload, again.attachment)) === toHex(encodePayload(value.payload, value.attachment))
      );
    };
    const inBytes = await fuzzed({ sample, read, isFaithful }, runs, chance);
    expect(inBytes.refused).toBeGreaterThan(runs / 4);
    const end = sample.indexOf(0);
    const json: JsonValue = JSON.parse(decoder.decode(end === -1 ? sample : sample.subarray(0, end)));
    const rest = end === -1 ? new Uint8Array(0) : sample.slice(end);
    const inJson = await fuzzed(
      { sample: json, read: (bytes: Bytes) => read(concat(bytes, rest)), isFaithful },
      runs,
      chance,
    );
    expect(inJson.refused).toBeGreaterThan(runs / 4);
  });
});

describe('what goes between an agent and the delivery service', { timeout }, () => {
  const lists = { members: ['anna', 'bert'], admins: ['anna'] };
  const bare = { entry_id: groupId, kind: 'commit', after: -1, message: 'AQID' };
  const entry = { index: 3, kind: 'message', sender: 'anna', message: 'AQID', at: now };
  const dropped = { index: 4, kind: 'commit', sender: 'anna', message_hash: hash, at: now, ...lists };
  const signed = { agent_id: 'anna', server: 'https://parley.test', timestamp: now, nonce: hash };
  const signature = encodeBase64(new Uint8Array(256).fill(1));
  const cases: readonly (readonly [string, v.GenericSchema, JsonValue, 'strict' | 'open'])[] = [
    ['a call for a token', calls.tokenCall, { ...signed, signature }, 'strict'],
    [
      'a call with KeyPackages',
      calls.keyPackagesCall,
      { one_time: ['AQID', 'AQIE'], last_resort: 'AQIF', replace: true },
      'strict',
    ],
    ['an append', calls.appendCall, { ...bare, ...lists, welcome: { message: 'AQID', to: ['bert'] } }, 'strict'],
    ['an append to leave', calls.appendCall, { ...bare, kind: 'proposal', leaving: true }, 'strict'],
    ['a position', calls.readCall, { index: 4 }, 'strict'],
    ['a call without members', calls.emptyCall, {}, 'strict'],
    ['a token', answers.tokenAnswer, { token: 'token', expires_at: now }, 'open'],
    ['how many KeyPackages are left', answers.keyPackagesAnswer, { remaining: 9 }, 'open'],
    ['a KeyPackage that is taken', answers.takeAnswer, { key_package: 'AQID', last_resort: false }, 'open'],
    ['the place of an entry', answers.appendAnswer, { index: 4, head: hash }, 'open'],
    [
      'a page of a log',
      answers.entriesAnswer,
      { entries: [entry, dropped], before: hash, next: 5, head: hash },
      'open',
    ],
    ['a position that stands', answers.readAnswer, { index: 4 }, 'open'],
    [
      'an inbox',
      answers.inboxAnswer,
      { items: [{ index: 1, group_id: groupId, entry: 2, from: 'anna', message: 'AQID' }], next: 2 },
      'open',
    ],
    ['a notice', answers.notice, { type: 'notice', inbox: 4, groups: [[groupId, 7]] }, 'strict'],
  ];

  test.each(cases)('%s is refused, or read as it is', async (_, schema, sample, how) => {
    const target: Target<unknown> = {
      sample,
      read: (bytes) => parseMessage(schema, parseObject(bytes, 64 * 1_024)).value,
      isFaithful: (value, bytes) => saysTheSame(value, JSON.parse(decoder.decode(bytes)), how === 'strict'),
    };
    const { refused } = await fuzzed(target, runs, chance);
    expect(refused).toBeGreaterThan(runs / 10);
  });
});
