import { beforeAll, describe, expect, test } from 'vitest';
import { isGroupId } from '../group/log/group-id.ts';
import { headBefore, nextHead } from '../group/log/head.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import {
  DeliveryWorld,
  makeSigningKeys,
  newId,
  privateMessage,
  refusalOf,
  welcomeMessage,
} from './testing/delivery-world.ts';

const [alice, bob, carol] = ['agent_alice', 'agent_bob', 'agent_carol'];
let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = await makeSigningKeys();
});
const newWorld = () => DeliveryWorld.create(keys, createMemoryDeliveryStore(), [alice, bob, carol]);
const commit = { kind: 'commit' } as const;

describe('an append', () => {
  test('is answered with its index and the head that everybody computes', async () => {
    const world = await newWorld();
    const groupId = newId();
    if (!isGroupId(groupId)) throw new TypeError('an id is a group_id');
    const lists = { members: [alice, bob], admins: [alice] };
    const message = privateMessage(groupId, 'commit');
    const first = await world.appended(alice, groupId, {
      ...commit,
      after: -1,
      ...lists,
      message: encodeBase64(message),
    });
    const second = await world.appended(bob, groupId);
    expect([first.index, second.index]).toEqual([0, 1]);
    const page = await world.entries(bob, groupId);
    let head = await headBefore(crypto.subtle, groupId);
    expect(page.before).toEqual(head);
    for (const { index, kind, sender, at, message: bytes, members, admins } of page.entries) {
      if (bytes === undefined) throw new TypeError('the message is there');
      const given = members === undefined || admins === undefined ? {} : { lists: { members, admins } };
      head = await nextHead(crypto.subtle, head, { index, kind, sender, at, content: { message: bytes }, ...given });
    }
    expect([page.head, page.next]).toEqual([head, 2]);
    expect(second.head).toEqual(head);
    expect(page.entries.map(({ kind, sender }) => [kind, sender])).toEqual([
      ['commit', alice],
      ['message', bob],
    ]);
  });

  test('with the same entry_id of the same sender gets the first answer before anything else is looked at', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    const entry_id = newId();
    const first = await world.appended(bob, groupId, { entry_id });
    await world.appended(alice, groupId, { ...commit, members: [alice], admins: [alice] });
    // A member no more, in another group, with an old `after` and a body that is none: the first answer it is.
    for (const [path, body] of [
      [groupId, { entry_id, kind: 'message', after: 0 }],
      [newId(), { entry_id }],
      ['no-id', { entry_id, more: true }],
    ] as const) {
      const answer = await world.as(bob, 'POST', `/groups/${path}/entries`, body);
      expect([answer.status, await answer.json()]).toEqual([
        201,
        { index: first.index, head: encodeBase64(first.head) },
      ]);
    }
    expect(await refusalOf(await world.append(bob, groupId, { entry_id: newId(), after: 2 }))).toEqual([
      404,
      'unknown_group',
    ]);
    expect((await world.append(alice, groupId, { entry_id, after: 2 })).status).toBe(201);
  });

  test('with the same entry_id at the same time is one entry', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    const entry_id = newId();
    const answers = await Promise.all([1, 2, 3, 4].map(() => world.appended(bob, groupId, { entry_id })));
    expect(new Set(answers.map(({ index }) => index))).toEqual(new Set([1]));
    expect((await world.entries(bob, groupId)).next).toBe(2);
  });

  test('is remembered for 31 days', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    const entry_id = newId();
    await world.appended(alice, groupId, { entry_id });
    world.now += 31 * 86_400;
    await world.app.tend();
    expect((await world.appended(alice, groupId, { entry_id })).index).toBe(1);
    world.now += 1;
    await world.app.tend();
    expect((await world.appended(alice, groupId, { entry_id })).index).toBe(2);
  });

  test('behind a newer commit is group_epoch_conflict with its index, of whatever kind', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    await world.appended(bob, groupId);
    await world.appended(bob, groupId, commit);
    for (const kind of ['commit', 'proposal', 'message'] as const) {
      for (const after of [-1, 0, 1]) {
        expect(await refusalOf(await world.append(bob, groupId, { kind, after }))).toEqual([
          409,
          'group_epoch_conflict',
          2,
        ]);
      }
    }
    for (const kind of ['message', 'proposal', 'commit'] as const) {
      expect((await world.append(bob, groupId, { kind, after: 2 })).status).toBe(201);
    }
  });

  test('of one commit wins when many come at once with the same after', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob, carol]);
    const answers = await Promise.all([alice, bob, carol].map((agentId) => world.append(agentId, groupId, commit)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const messages = await Promise.all(
      [alice, bob, carol].map((agentId) => world.append(agentId, groupId, { after: 1 })),
    );
    expect(messages.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  test('is malformed_message unless the clear head of its PrivateMessage fits: format, group, content', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    const wrong = [
      privateMessage(newId()),
      privateMessage(groupId, 'proposal'),
      privateMessage(groupId, 'commit'),
      welcomeMessage(),
      new Uint8Array([1, 2, 3]),
      privateMessage(groupId).subarray(0, 40),
      new Uint8Array([...privateMessage(groupId), 0]),
    ];
    for (const message of wrong) {
      expect(await refusalOf(await world.append(alice, groupId, { message: encodeBase64(message) }))).toEqual([
        400,
        'malformed_message',
      ]);
    }
    const welcome = { message: encodeBase64(privateMessage(groupId)), to: [alice] };
    const refused = await world.append(alice, groupId, { ...commit, welcome });
    expect(await refusalOf(refused)).toEqual([400, 'malformed_message']);
  });

  test('takes a message of 1,088 KiB, a Welcome of 1 MiB and a body of 4 MiB, no larger ones: message_too_large', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    const head = privateMessage(groupId, 'application', 100_000).length - 100_000;
    const sized = (size: number) => encodeBase64(privateMessage(groupId, 'application', size - head));
    expect((await world.append(alice, groupId, { message: sized(1_088 * 1_024) })).status).toBe(201);
    expect(await refusalOf(await world.append(alice, groupId, { message: sized(1_088 * 1_024 + 1) }))).toEqual([
      413,
      'message_too_large',
    ]);
    const welcome = (size: number) => ({ message: encodeBase64(welcomeMessage(size - 4)), to: [alice] });
    const tooLong = await world.append(alice, groupId, { ...commit, welcome: welcome(1_048_577) });
    expect(await refusalOf(tooLong)).toEqual([413, 'message_too_large']);
    expect((await world.append(alice, groupId, { ...commit, welcome: welcome(1_048_576) })).status).toBe(201);
    const body = JSON.stringify({ entry_id: newId(), kind: 'message', after: 2, message: sized(200) });
    const path = `/groups/${groupId}/entries`;
    expect((await world.as(alice, 'POST', path, body.padEnd(4_194_304))).status).toBe(201);
    expect(await refusalOf(await world.as(alice, 'POST', path, body.padEnd(4_194_305)))).toEqual([
      413,
      'message_too_large',
    ]);
  });

  test('has a time that never goes back, also when the clock does', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    world.now -= 200;
    await world.appended(alice, groupId);
    world.now += 300;
    await world.appended(alice, groupId);
    const times = (await world.entries(alice, groupId)).entries.map(({ at }) => at);
    expect(times).toEqual([1_790_000_000, 1_790_000_000, 1_790_000_100]);
  });

  test('is rate_limited from the 121st commit of a member and group in an hour on', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    for (let i = 0; i < 120; i++) expect((await world.append(bob, groupId, { ...commit, after: i })).status).toBe(201);
    expect(await refusalOf(await world.append(bob, groupId, { ...commit, after: 120 }))).toEqual([429, 'rate_limited']);
    expect((await world.append(bob, groupId, { after: 120 })).status).toBe(201);
    expect((await world.append(alice, groupId, { ...commit, after: 120 })).status).toBe(201);
    world.now += 3_600;
    expect((await world.append(bob, groupId, { ...commit, after: 122 })).status).toBe(201);
  });
});
