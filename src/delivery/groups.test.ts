import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import { DeliveryWorld, makeSigningKeys, newId, refusalOf } from './testing/delivery-world.ts';

const [alice, bob] = ['agent_alice', 'agent_bob'];
let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = await makeSigningKeys();
});
const newWorld = () => DeliveryWorld.create(keys, createMemoryDeliveryStore(), [alice, bob]);
const commit = { kind: 'commit' } as const;

describe('a group', () => {
  test('is made by a commit with after -1, and by nothing else: unknown_group', async () => {
    const world = await newWorld();
    for (const [kind, after] of [
      ['message', -1],
      ['proposal', -1],
      ['commit', 0],
    ] as const) {
      const lists = kind === 'commit' ? { members: [alice], admins: [alice] } : {};
      expect(await refusalOf(await world.append(alice, newId(), { kind, after, ...lists }))).toEqual([
        404,
        'unknown_group',
      ]);
    }
    const groupId = newId();
    await world.appended(alice, groupId, { ...commit, after: -1 });
    expect((await world.append(alice, groupId)).status).toBe(201);
  });

  test('has who makes it in both lists, or is not made: not_permitted', async () => {
    const world = await newWorld();
    for (const lists of [
      { members: [bob], admins: [bob] },
      { members: [alice, bob], admins: [bob] },
    ]) {
      const made = await world.append(alice, newId(), { ...commit, after: -1, ...lists });
      expect(await refusalOf(made)).toEqual([403, 'not_permitted']);
    }
  });

  test('has 256 members at most: group_full', async () => {
    const world = await newWorld();
    const members = [alice, ...Array.from({ length: 256 }, (_, i) => `b_${String(i).padStart(3, '0')}`)].sort();
    const groupId = newId();
    const lists = { members, admins: [alice] };
    expect(await refusalOf(await world.append(alice, groupId, { ...commit, after: -1, ...lists }))).toEqual([
      409,
      'group_full',
    ]);
    const fits = { members: members.slice(0, 256), admins: [alice] };
    expect((await world.append(alice, groupId, { ...commit, after: -1, ...fits })).status).toBe(201);
    expect(await refusalOf(await world.append(alice, groupId, { ...commit, ...lists }))).toEqual([409, 'group_full']);
  });

  test('that I am not in and one that is not there are the same, in every call', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    const texts = async (id: string) =>
      Promise.all(
        [
          world.append(bob, id),
          world.append(bob, id, { kind: 'proposal', leaving: true }),
          world.append(bob, id, commit),
          world.as(bob, 'GET', `/groups/${id}/entries?from=0`),
          world.read(bob, id, 0),
        ].map(async (call) => {
          const answer = await call;
          return [answer.status, [...answer.headers], await answer.text()];
        }),
      );
    const there = await texts(groupId);
    expect(there).toEqual(await texts(newId()));
    expect(there).toEqual(await texts('no-id'));
    expect(there[0]?.[0]).toBe(404);
    expect(await refusalOf(await world.append(bob, groupId, { ...commit, after: -1 }))).toEqual([404, 'unknown_group']);
  });

  test('that has ended never gives its id again', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice]);
    await world.appended(alice, groupId, { ...commit, members: [], admins: [] });
    for (const agentId of [alice, bob]) {
      const again = await world.append(agentId, groupId, { ...commit, after: -1 });
      expect(await refusalOf(again)).toEqual([404, 'unknown_group']);
    }
    world.now += 400 * 86_400;
    await world.app.tend();
    expect(await refusalOf(await world.append(bob, groupId, { ...commit, after: -1 }))).toEqual([404, 'unknown_group']);
  });

  test('is one of 20 that an agent makes in an hour: rate_limited', async () => {
    const world = await newWorld();
    for (let i = 0; i < 20; i++) await world.group([alice]);
    expect(await refusalOf(await world.append(alice, newId(), { ...commit, after: -1 }))).toEqual([
      429,
      'rate_limited',
    ]);
    await world.group([bob]);
    world.now += 3_600;
    await world.group([alice]);
  });

  test('is one of 1,000 of an agent that live: mailbox_full, until one has ended', async () => {
    const store = createMemoryDeliveryStore();
    const world = await DeliveryWorld.create(keys, store, [alice], { liveGroups: 3, newGroupsAnHour: 100 });
    const groups = [await world.group([alice]), await world.group([alice]), await world.group([alice])];
    world.now += 3_601;
    expect(await refusalOf(await world.append(alice, newId(), { ...commit, after: -1 }))).toEqual([
      507,
      'mailbox_full',
    ]);
    await world.appended(alice, groups[1] ?? '', { ...commit, members: [], admins: [] });
    await world.group([alice]);
    expect(await refusalOf(await world.append(alice, newId(), { ...commit, after: -1 }))).toEqual([
      507,
      'mailbox_full',
    ]);
  });
});
