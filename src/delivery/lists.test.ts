import { beforeAll, describe, expect, test } from 'vitest';
import type { AppendCall } from '../group/wire/delivery-calls.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import { DeliveryWorld, makeSigningKeys, refusalOf, welcomeMessage } from './testing/delivery-world.ts';

const [alice, bob, carol, dave, eve] = ['agent_alice', 'agent_bob', 'agent_carol', 'agent_dave', 'agent_eve'];
let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = await makeSigningKeys();
});
/** Alice made a group of all but Eve, and is its admin. */
async function newGroup() {
  const world = await DeliveryWorld.create(keys, createMemoryDeliveryStore(), [alice, bob, carol, dave, eve]);
  const groupId = await world.group([alice, bob, carol, dave]);
  const commit = (agentId: string, more: Partial<AppendCall>) =>
    world.append(agentId, groupId, { kind: 'commit', ...more });
  const leave = (agentId: string) => world.appended(agentId, groupId, { kind: 'proposal', leaving: true });
  return { world, groupId, commit, leave };
}
const welcome = (...to: string[]) => ({ welcome: { message: encodeBase64(welcomeMessage()), to } });
const forbidden = [403, 'not_permitted'];

describe('members and admins', () => {
  test('are taken from an admin', async () => {
    const { world, groupId, commit } = await newGroup();
    expect((await commit(alice, { members: [alice, bob, eve], admins: [alice, bob] })).status).toBe(201);
    expect((await world.append(eve, groupId, { after: 1 })).status).toBe(201);
    expect(await refusalOf(await world.append(carol, groupId, { after: 1 }))).toEqual([404, 'unknown_group']);
    expect((await commit(bob, { after: 1, members: [alice, bob], admins: [bob] })).status).toBe(201);
  });

  test.each<[string, Partial<AppendCall>]>([
    ['add somebody', { members: [alice, bob, carol, dave, eve], admins: [alice] }],
    ['lack a member who has not left', { members: [alice, bob, dave], admins: [alice] }],
    ['lack an admin who has not left', { members: [bob, carol, dave], admins: [] }],
    ['name another admin', { members: [alice, bob, carol, dave], admins: [alice, bob] }],
    ['name no admin', { members: [alice, bob, carol, dave], admins: [] }],
    ['replace somebody', { members: [alice, bob, carol, eve], admins: [alice] }],
  ])('from another member may not %s: not_permitted', async (_, lists) => {
    const { world, groupId, commit } = await newGroup();
    expect(await refusalOf(await commit(bob, lists))).toEqual(forbidden);
    expect((await world.entries(bob, groupId)).next).toBe(1);
  });

  test('from another member may stay as they are', async () => {
    const { commit } = await newGroup();
    expect((await commit(bob, { members: [alice, bob, carol, dave], admins: [alice] })).status).toBe(201);
  });

  test('from another member may lack who has appended a proposal with leaving: true', async () => {
    const { world, groupId, commit, leave } = await newGroup();
    await world.appended(carol, groupId, { kind: 'proposal' });
    const lists = { members: [alice, bob, dave], admins: [alice] };
    expect(await refusalOf(await commit(bob, lists))).toEqual(forbidden);
    await leave(carol);
    expect(await refusalOf(await commit(bob, { members: [alice, bob], admins: [alice] }))).toEqual(forbidden);
    expect((await commit(bob, lists)).status).toBe(201);
    expect(await refusalOf(await world.append(carol, groupId, { after: 3 }))).toEqual([404, 'unknown_group']);
  });

  test('from another member may lack an admin who leaves', async () => {
    const { commit, leave } = await newGroup();
    await leave(alice);
    expect(await refusalOf(await commit(bob, { members: [bob, carol, dave], admins: [bob] }))).toEqual(forbidden);
    expect((await commit(bob, { members: [bob, carol, dave], admins: [] })).status).toBe(201);
  });

  test('from another member may lack who is on the newest revocation list', async () => {
    const { world, commit } = await newGroup();
    const lists = { members: [alice, bob, dave], admins: [alice] };
    expect(await refusalOf(await commit(bob, lists))).toEqual(forbidden);
    world.revoke(carol);
    expect((await commit(bob, lists)).status).toBe(201);
  });

  test('are taken from any member when no admin is one', async () => {
    const { commit, leave } = await newGroup();
    await leave(alice);
    await commit(bob, { members: [bob, carol, dave], admins: [] });
    expect((await commit(carol, { after: 2, members: [bob, carol, dave, eve], admins: [carol] })).status).toBe(201);
    expect(await refusalOf(await commit(bob, { after: 3, members: [bob, carol], admins: [carol] }))).toEqual(forbidden);
  });

  test('that are given in one commit with a proposal to leave from before count who has come again as a member', async () => {
    const { commit, leave } = await newGroup();
    await leave(carol);
    await commit(alice, { members: [alice, bob, dave], admins: [alice] });
    await commit(alice, { after: 2, members: [alice, bob, carol, dave], admins: [alice] });
    expect(await refusalOf(await commit(bob, { after: 3, members: [alice, bob, dave], admins: [alice] }))).toEqual(
      forbidden,
    );
  });
});

describe('a Welcome', () => {
  test('is taken from an admin, to agents that are members then', async () => {
    const { world, groupId, commit } = await newGroup();
    const lists = { members: [alice, bob, eve], admins: [alice] };
    expect(await refusalOf(await commit(alice, { ...lists, ...welcome(carol) }))).toEqual(forbidden);
    expect(await refusalOf(await commit(alice, { ...lists, ...welcome(carol, eve) }))).toEqual(forbidden);
    expect(await refusalOf(await commit(alice, { ...lists, ...welcome(eve, eve) }))).toEqual([
      400,
      'malformed_message',
    ]);
    // In any order: the page sorts both lists, and says nothing of this one.
    expect((await commit(alice, { ...lists, ...welcome(eve, bob) })).status).toBe(201);
    const message = welcomeMessage();
    const item = { index: 0, group_id: groupId, entry: 1, from: alice, message };
    for (const agentId of [bob, eve]) expect(await world.inbox(agentId)).toEqual({ items: [item], next: 1 });
    expect(await world.inbox(carol)).toEqual({ items: [], next: 0 });
  });

  test('is taken from another member with a rejoin: to one other member, the lists as they are', async () => {
    const { commit } = await newGroup();
    const same = { members: [alice, bob, carol, dave], admins: [alice] };
    expect((await commit(bob, welcome(carol))).status).toBe(201);
    expect((await commit(bob, { after: 1, ...same, ...welcome(alice) })).status).toBe(201);
    expect(await refusalOf(await commit(bob, { after: 2, ...welcome(bob) }))).toEqual(forbidden);
    expect(await refusalOf(await commit(bob, { after: 2, ...welcome(carol, dave) }))).toEqual(forbidden);
    expect(await refusalOf(await commit(bob, { after: 2, ...welcome(eve) }))).toEqual(forbidden);
  });

  test('is not taken from another member with a removal', async () => {
    const { commit, leave } = await newGroup();
    await leave(carol);
    const lists = { members: [alice, bob, dave], admins: [alice] };
    expect(await refusalOf(await commit(bob, { ...lists, ...welcome(dave) }))).toEqual(forbidden);
  });

  test('of a refused commit is in nobody’s inbox', async () => {
    const { world, commit } = await newGroup();
    await commit(alice, { members: [alice, bob], admins: [alice] });
    const lists = { members: [alice, bob, eve], admins: [alice] };
    expect(await refusalOf(await commit(alice, { after: 0, ...lists, ...welcome(eve) }))).toEqual([
      409,
      'group_epoch_conflict',
      1,
    ]);
    expect((await world.inbox(eve)).items).toEqual([]);
  });
});

describe('a member that has not read in the group for 30 days since it was added', () => {
  test('is taken from the lists', async () => {
    const { world, groupId, commit } = await newGroup();
    await world.read(bob, groupId, 0);
    world.now += 30 * 86_400 - 1;
    expect((await world.as(carol, 'GET', `/groups/${groupId}/entries?from=0`)).status).toBe(200);
    world.now += 1;
    const gone = await world.as(carol, 'GET', `/groups/${groupId}/entries?from=0`);
    expect(await refusalOf(gone)).toEqual([404, 'unknown_group']);
    expect(await refusalOf(await world.append(dave, groupId))).toEqual([404, 'unknown_group']);
    expect((await world.append(bob, groupId)).status).toBe(201);
    // The lists of another member may have it still, or not.
    expect((await commit(bob, { members: [alice, bob, carol], admins: [alice] })).status).toBe(201);
  });

  test('comes again with a Welcome', async () => {
    const { world, groupId, commit } = await newGroup();
    await world.read(alice, groupId, 0);
    world.now += 30 * 86_400;
    await commit(alice, { members: [alice, bob, carol, dave], admins: [alice], ...welcome(carol) });
    expect((await world.append(carol, groupId, { after: 1 })).status).toBe(201);
    expect(await refusalOf(await world.append(dave, groupId, { after: 1 }))).toEqual([404, 'unknown_group']);
  });
});
