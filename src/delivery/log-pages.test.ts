import { beforeAll, describe, expect, test } from 'vitest';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import { DeliveryWorld, makeSigningKeys, newId, privateMessage, refusalOf } from './testing/delivery-world.ts';

const [alice, bob, carol] = ['agent_alice', 'agent_bob', 'agent_carol'];
let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = await makeSigningKeys();
});
const newWorld = () => DeliveryWorld.create(keys, createMemoryDeliveryStore(), [alice, bob, carol]);
const commit = { kind: 'commit' } as const;
const [two, three] = [
  { members: [alice, bob], admins: [alice] },
  { members: [alice, bob, carol], admins: [alice] },
];

describe('reading a log', () => {
  test('gives 256 entries at once, and says where it goes on', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    for (let i = 0; i < 300; i++) await world.appended(alice, groupId);
    const first = await world.entries(alice, groupId);
    expect([first.entries.length, first.next]).toEqual([256, 256]);
    const second = await world.entries(alice, groupId, first.next);
    expect([second.entries.length, second.next]).toEqual([45, 301]);
    expect(second.head).toEqual(first.head);
  });

  test('gives 4 MiB of an answer at once, and one entry at least', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    const message = encodeBase64(privateMessage(groupId, 'application', 1_088 * 1_024 - 100));
    for (let i = 0; i < 4; i++) await world.appended(alice, groupId, { message });
    const answer = await world.as(alice, 'GET', `/groups/${groupId}/entries?from=1`);
    expect((await answer.text()).length).toBeLessThanOrEqual(4_194_304);
    const page = await world.entries(alice, groupId, 1);
    expect([page.entries.length, page.next]).toEqual([2, 3]);
    expect((await world.entries(alice, groupId, 3)).next).toBe(5);
  });

  test('past its end gives nothing, and the head', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    for (const from of [1, 7]) {
      const { entries, before, head, next } = await world.entries(alice, groupId, from);
      expect([entries, before, next]).toEqual([[], head, 1]);
    }
  });

  test('begins for a joiner with the commit that added it', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    await world.appended(bob, groupId);
    const { head } = await world.entries(bob, groupId);
    await world.appended(alice, groupId, { ...commit, ...three });
    await world.appended(bob, groupId, { after: 2 });
    const page = await world.entries(carol, groupId);
    expect(page.entries.map(({ index }) => index)).toEqual([2, 3]);
    expect(page.before).toEqual(head);
  });

  test('ends for a removed member with the commit that removed it, and the head after that', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob, carol]);
    await world.appended(alice, groupId, { ...commit, ...two });
    const { head } = await world.entries(bob, groupId);
    await world.appended(bob, groupId, { after: 1 });
    const page = await world.entries(carol, groupId);
    expect(page.entries.map(({ index }) => index)).toEqual([0, 1]);
    expect([page.next, page.head]).toEqual([2, head]);
    expect((await world.entries(carol, groupId, 2)).entries).toEqual([]);
  });

  test('gives one that was removed and came again nothing of the time between', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob, carol]);
    await world.appended(alice, groupId, { ...commit, ...two });
    await world.appended(bob, groupId, { after: 1 });
    await world.appended(alice, groupId, { ...commit, after: 1, ...three });
    await world.appended(bob, groupId, { after: 3 });
    const indices = async (from: number) =>
      (await world.entries(carol, groupId, from)).entries.map(({ index }) => index);
    expect(await indices(0)).toEqual([0, 1]);
    expect(await indices(2)).toEqual([3, 4]);
    // The head is that of the whole log all the same: who is a member knows that more is to come.
    const { head } = await world.entries(bob, groupId);
    expect([(await world.entries(carol, groupId, 0)).head, (await world.entries(carol, groupId, 2)).head]).toEqual([
      head,
      head,
    ]);
  });

  test('begins at 0 when no index is said, and is malformed_message for what is none', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    const get = (query: string) => world.as(alice, 'GET', `/groups/${groupId}/entries${query}`);
    expect((await get('')).status).toBe(200);
    for (const query of ['?from=-1', '?from=01', '?from=x', '?from=1.5', '?from=99999999999999999']) {
      expect(await refusalOf(await get(query))).toEqual([400, 'malformed_message']);
    }
  });
});

describe('a position', () => {
  test('is one for each group and agent, and never goes back', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    for (let i = 0; i < 3; i++) await world.appended(alice, groupId);
    const read = async (agentId: string, index: number) => (await world.read(agentId, groupId, index)).json();
    expect(await read(bob, 2)).toEqual({ index: 2 });
    expect(await read(bob, 1)).toEqual({ index: 2 });
    expect(await read(alice, 0)).toEqual({ index: 0 });
    expect(await read(bob, 3)).toEqual({ index: 3 });
  });

  test('is malformed_message where the log has no entry yet', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    expect(await refusalOf(await world.read(bob, groupId, 1))).toEqual([400, 'malformed_message']);
    expect(await refusalOf(await world.read(bob, groupId, -1))).toEqual([400, 'malformed_message']);
  });

  test('of a removed member goes up to the commit that removed it', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob, carol]);
    await world.appended(alice, groupId, { ...commit, ...two });
    await world.appended(alice, groupId, { after: 1 });
    expect((await world.read(carol, groupId, 1)).status).toBe(200);
    expect(await refusalOf(await world.read(carol, groupId, 2))).toEqual([400, 'malformed_message']);
  });
});

describe('notices', () => {
  test('go to members that have read in the group once, not to who wrote it', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob, carol]);
    expect(world.news).toEqual([]);
    await world.read(alice, groupId, 0);
    await world.read(bob, groupId, 0);
    await world.appended(alice, groupId);
    expect(world.news).toEqual([{ agentId: bob, group: [groupId, 1] }]);
  });

  test('go to a removed member once more, and to whom a Welcome is for', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    await world.read(bob, groupId, 0);
    const message = encodeBase64(Uint8Array.of(0, 1, 0, 3, 7));
    const lists = { members: [alice, carol], admins: [alice] };
    await world.appended(alice, groupId, { ...commit, ...lists, welcome: { message, to: [carol] } });
    await world.appended(alice, groupId, { after: 1 });
    expect(world.news).toEqual([
      { agentId: carol, inbox: 1 },
      { agentId: bob, group: [groupId, 1] },
    ]);
  });
});

describe('the inbox', () => {
  const welcome = { message: encodeBase64(Uint8Array.of(0, 1, 0, 3, 7)), to: [bob] };

  test('keeps Welcomes until they are read, and never gives an index again', async () => {
    const world = await newWorld();
    for (let i = 0; i < 3; i++) await world.group([alice, bob], { welcome });
    expect((await world.inbox(bob)).items.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect((await world.inbox(bob, 2)).items.map(({ index }) => index)).toEqual([2]);
    expect((await world.as(bob, 'POST', '/inbox/read', { index: 1 })).status).toBe(200);
    expect(await refusalOf(await world.as(bob, 'POST', '/inbox/read', { index: 3 }))).toEqual([
      400,
      'malformed_message',
    ]);
    const left = await world.inbox(bob);
    expect([left.items.map(({ index }) => index), left.next]).toEqual([[2], 3]);
    await world.as(bob, 'POST', '/inbox/read', { index: 2 });
    await world.group([alice, bob], { welcome });
    expect((await world.inbox(bob)).items.map(({ index }) => index)).toEqual([3]);
  });

  test('keeps them for 30 days at most', async () => {
    const world = await newWorld();
    await world.group([alice, bob], { welcome });
    world.now += 30 * 86_400 - 1;
    expect((await world.inbox(bob)).items).toHaveLength(1);
    world.now += 1;
    expect((await world.inbox(bob)).items).toHaveLength(0);
    await world.app.tend();
    expect((await world.inbox(bob)).next).toBe(1);
  });

  test('is given 4 MiB at a time', async () => {
    const world = await newWorld();
    const message = encodeBase64(new Uint8Array(1_048_000).fill(0).map((_, i) => [0, 1, 0, 3][i] ?? 7));
    for (let i = 0; i < 4; i++) await world.group([alice, bob], { welcome: { message, to: [bob] } });
    const first = await world.inbox(bob);
    expect([first.items.length, first.next]).toEqual([3, 3]);
    expect((await world.inbox(bob, first.next)).items).toHaveLength(1);
  });
});

test('a call that there is not is not_found', async () => {
  const world = await newWorld();
  expect(await refusalOf(await world.as(alice, 'GET', `/groups/${newId()}`))).toEqual([404, 'not_found']);
});
