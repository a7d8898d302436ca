import { beforeAll, describe, expect, test } from 'vitest';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import { deliveryLimits } from './limits.ts';
import {
  DeliveryWorld,
  makeSigningKeys,
  newId,
  privateMessage,
  refusalOf,
  welcomeMessage,
} from './testing/delivery-world.ts';

const [alice, bob, carol, dave] = ['agent_alice', 'agent_bob', 'agent_carol', 'agent_dave'];
const day = 86_400;
let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = await makeSigningKeys();
});
/** With room for little, so that a test is quick: what a quota means does not depend on its size. */
const newWorld = (limits = {}) =>
  DeliveryWorld.create(keys, createMemoryDeliveryStore(), [alice, bob, carol, dave], {
    newGroupsAnHour: 1_000,
    ...limits,
  });
const full = [507, 'mailbox_full'];
const sized = (groupId: string, size: number) => ({
  message: encodeBase64(privateMessage(groupId, 'application', size - 50)),
});
const kinds = (entries: readonly { readonly index: number; readonly message?: unknown }[]) =>
  entries.map(({ index, message }) => `${index}${message === undefined ? ' gone' : ''}`);

test('the quotas are 64 MiB of a writer, 4 MiB of it in one inbox, and 256 MiB of a group', () => {
  const mebibyte = 1_048_576;
  expect([deliveryLimits.writer, deliveryLimits.inboxOfWriter, deliveryLimits.group]).toEqual(
    [64, 4, 256].map((count) => count * mebibyte),
  );
});

describe('what a writer has left for others', () => {
  test('is bounded in all its groups together, until the others have read it', async () => {
    const world = await newWorld({ writer: 10_000 });
    const [one, two] = [await world.group([alice, bob]), await world.group([alice, bob, carol])];
    await world.appended(alice, one, sized(one, 5_000));
    await world.appended(alice, two, sized(two, 4_000));
    expect(await refusalOf(await world.append(alice, one, sized(one, 2_000)))).toEqual(full);
    // Others are not charged for it.
    await world.appended(bob, one, sized(one, 5_000));
    await world.read(bob, two, 1);
    expect(await refusalOf(await world.append(alice, one, sized(one, 2_000)))).toEqual(full);
    await world.read(carol, two, 1);
    await world.appended(alice, one, sized(one, 2_000));
    expect(await refusalOf(await world.append(alice, one, sized(one, 4_000)))).toEqual(full);
    await world.read(bob, one, 3);
    await world.appended(alice, one, sized(one, 9_000));
  });

  test('is in so many groups at most, of which those do not count that everybody has read', async () => {
    const store = createMemoryDeliveryStore();
    const small = { newGroupsAnHour: 1_000, chargedGroups: 2 };
    const world = await DeliveryWorld.create(keys, store, [alice, bob], small);
    const [one, two] = [await world.group([alice, bob]), await world.group([alice, bob])];
    const entry = { kind: 'commit' as const, after: -1, members: [alice, bob], admins: [alice] };
    expect(await refusalOf(await world.append(alice, newId(), entry))).toEqual(full);
    // Who is in more groups than that is not kept from writing in those that it has written in.
    await world.appended(alice, one);
    await world.read(bob, two, 0);
    await world.group([alice, bob]);
    expect((await store.agent(alice)).charges).toHaveLength(2);
  });

  test('is not less for what others wrote and was read', async () => {
    const world = await newWorld({ writer: 10_000 });
    const groupId = await world.group([alice, bob, carol]);
    await world.appended(alice, groupId, sized(groupId, 6_000));
    await world.appended(bob, groupId, sized(groupId, 6_000));
    await world.appended(alice, groupId, sized(groupId, 3_000));
    for (const agentId of [bob, carol]) await world.read(agentId, groupId, 2);
    expect(await refusalOf(await world.append(alice, groupId, sized(groupId, 8_000)))).toEqual(full);
    await world.appended(alice, groupId, sized(groupId, 6_000));
  });

  test('counts nothing that the writer alone has not read', async () => {
    const world = await newWorld({ writer: 10_000 });
    const groupId = await world.group([alice]);
    for (let i = 0; i < 5; i++) await world.appended(alice, groupId, sized(groupId, 5_000));
  });

  test('counts a Welcome to several once, and until each of them has read it', async () => {
    const world = await newWorld({ writer: 10_000 });
    const welcome = { message: encodeBase64(welcomeMessage(8_000)), to: [bob, carol] };
    await world.group([alice, bob, carol], { welcome });
    const other = await world.group([alice, dave]);
    expect(await refusalOf(await world.append(alice, other, sized(other, 3_000)))).toEqual(full);
    await world.as(bob, 'POST', '/inbox/read', { index: 0 });
    expect(await refusalOf(await world.append(alice, other, sized(other, 3_000)))).toEqual(full);
    await world.as(carol, 'POST', '/inbox/read', { index: 0 });
    await world.appended(alice, other, sized(other, 3_000));
  });

  test('is not charged for what was refused', async () => {
    const world = await newWorld({ writer: 10_000 });
    const groupId = await world.group([alice, bob]);
    await world.appended(alice, groupId, { kind: 'commit' });
    for (let i = 0; i < 5; i++) {
      const refused = await world.append(alice, groupId, { after: 0, ...sized(groupId, 4_000) });
      expect((await refusalOf(refused))[0]).toBe(409);
    }
    await world.appended(alice, groupId, { after: 1, ...sized(groupId, 8_000) });
  });

  test('is not charged twice when it is sent again', async () => {
    const world = await newWorld({ writer: 10_000 });
    const groupId = await world.group([alice, bob]);
    const entry_id = newId();
    for (let i = 0; i < 5; i++) await world.appended(alice, groupId, { entry_id, ...sized(groupId, 4_000) });
    await world.appended(alice, groupId, sized(groupId, 4_000));
  });

  test('of which a removed member has not read anything is free again', async () => {
    const world = await newWorld({ writer: 10_000 });
    const groupId = await world.group([alice, bob]);
    await world.appended(alice, groupId, sized(groupId, 9_000));
    expect(await refusalOf(await world.append(alice, groupId, sized(groupId, 2_000)))).toEqual(full);
    await world.append(alice, groupId, { kind: 'commit', members: [alice], admins: [alice] });
    await world.appended(alice, groupId, { after: 2, ...sized(groupId, 2_000) });
  });
});

describe('what a writer has left in one agent’s inbox', () => {
  const welcome = (size: number, to = [bob]) => ({ welcome: { message: encodeBase64(welcomeMessage(size - 4)), to } });

  test('is bounded, until that agent has read it', async () => {
    const world = await newWorld({ inboxOfWriter: 10_000 });
    await world.group([alice, bob], welcome(6_000));
    const lists = { members: [alice, bob], admins: [alice] };
    const more = () => world.append(alice, newId(), { kind: 'commit', after: -1, ...lists, ...welcome(6_000) });
    expect(await refusalOf(await more())).toEqual(full);
    // Another writer, and another inbox, have their own.
    await world.group([carol, bob], welcome(6_000));
    await world.group([alice, dave], welcome(6_000, [dave]));
    await world.as(bob, 'POST', '/inbox/read', { index: 1 });
    await world.group([alice, bob], welcome(6_000));
  });

  test('is not, where that agent has appended to a group that both are in', async () => {
    const world = await newWorld({ inboxOfWriter: 10_000 });
    const common = await world.group([alice, bob]);
    await world.group([alice, bob], welcome(6_000));
    const lists = { members: [alice, bob], admins: [alice] };
    expect(
      await refusalOf(await world.append(alice, newId(), { kind: 'commit', after: -1, ...lists, ...welcome(6_000) })),
    ).toEqual(full);
    await world.appended(bob, common);
    await world.group([alice, bob], welcome(6_000));
    await world.group([carol, bob], welcome(6_000));
    expect(
      await refusalOf(
        await world.append(carol, newId(), {
          kind: 'commit',
          after: -1,
          members: [bob, carol],
          admins: [carol],
          ...welcome(6_000),
        }),
      ),
    ).toEqual(full);
  });
});

describe('a group that is full', () => {
  test('loses its oldest messages, and no commit or proposal', async () => {
    const world = await newWorld({ group: 10_000 });
    const groupId = await world.group([alice, bob]);
    await world.appended(alice, groupId, { kind: 'proposal' });
    for (let i = 0; i < 4; i++) await world.appended(alice, groupId, sized(groupId, 3_000));
    const { entries } = await world.entries(bob, groupId);
    expect(kinds(entries)).toEqual(['0', '1', '2 gone', '3', '4', '5']);
    const { message_hash, kind, sender } = entries[2] ?? {};
    expect([message_hash?.length, kind, sender]).toEqual([32, 'message', alice]);
  });

  test('is mailbox_full when there is nothing that may go', async () => {
    const world = await newWorld({ group: 10_000 });
    const groupId = await world.group([alice, bob]);
    const proposal = { kind: 'proposal' as const, message: encodeBase64(privateMessage(groupId, 'proposal', 4_000)) };
    await world.appended(alice, groupId, sized(groupId, 3_000));
    await world.appended(alice, groupId, proposal);
    await world.appended(alice, groupId, proposal);
    expect(await refusalOf(await world.append(alice, groupId, proposal))).toEqual(full);
    expect(await refusalOf(await world.append(bob, groupId, sized(groupId, 3_000)))).toEqual(full);
    expect((await world.append(bob, groupId, sized(groupId, 500))).status).toBe(201);
  });

  test('loses nothing for a writer who may not write more', async () => {
    const world = await newWorld({ group: 10_000, writer: 6_000 });
    const groupId = await world.group([alice, bob]);
    await world.appended(bob, groupId, sized(groupId, 5_000));
    await world.appended(alice, groupId, sized(groupId, 4_000));
    expect(await refusalOf(await world.append(alice, groupId, sized(groupId, 4_000)))).toEqual(full);
    expect(kinds((await world.entries(alice, groupId)).entries)).toEqual(['0', '1', '2']);
  });
});

describe('a message', () => {
  test('is kept until every member has read it, and 24 hours longer', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    await world.appended(alice, groupId);
    await world.read(alice, groupId, 1);
    await world.read(bob, groupId, 0);
    world.now += 2 * day;
    expect(kinds((await world.entries(bob, groupId)).entries)).toEqual(['0', '1']);
    await world.read(bob, groupId, 1);
    world.now += day - 1;
    expect(kinds((await world.entries(bob, groupId)).entries)).toEqual(['0', '1']);
    world.now += 61;
    expect(kinds((await world.entries(bob, groupId)).entries)).toEqual(['0', '1 gone']);
  });

  test('is held back by a member that has read nothing for less than 7 days', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    await world.read(bob, groupId, 0);
    await world.appended(alice, groupId);
    await world.read(alice, groupId, 1);
    world.now += 7 * day - 1;
    await world.app.tend();
    expect(kinds((await world.entries(alice, groupId)).entries)).toEqual(['0', '1']);
    world.now += 1;
    await world.app.tend();
    world.now += day;
    expect(kinds((await world.entries(alice, groupId)).entries)).toEqual(['0', '1 gone']);
  });

  test('goes after 30 days, whoever has not read it; commits and proposals before it go then too', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    await world.appended(alice, groupId);
    for (const agentId of [alice, bob]) await world.read(agentId, groupId, 0);
    for (let i = 0; i < 6; i++) {
      world.now += 5 * day - 1;
      await world.read(bob, groupId, 0);
      await world.app.tend();
    }
    expect(kinds((await world.entries(bob, groupId)).entries)).toEqual(['0', '1']);
    world.now += 6;
    await world.app.tend();
    const { entries, next } = await world.entries(bob, groupId);
    expect([kinds(entries), next]).toEqual([['1 gone'], 2]);
  });

  test('that is gone leaves the head that everybody computes', async () => {
    const world = await newWorld();
    const groupId = await world.group([alice, bob]);
    await world.appended(alice, groupId);
    const before = await world.entries(bob, groupId, 1);
    world.now += 31 * day;
    await world.read(alice, groupId, 1);
    await world.app.tend();
    const after = await world.entries(alice, groupId, 1);
    expect([after.before, after.head]).toEqual([before.before, before.head]);
    expect(after.entries[0]?.message_hash).toHaveLength(32);
  });
});

test('a commit is kept for 30 days, also when everybody has read it: a Welcome waits for so long', async () => {
  const world = await newWorld();
  const groupId = await world.group([alice, bob]);
  await world.appended(alice, groupId, { kind: 'commit' });
  for (const agentId of [alice, bob]) await world.read(agentId, groupId, 1);
  world.now += 30 * day - 1;
  await world.app.tend();
  expect(kinds((await world.entries(alice, groupId)).entries)).toEqual(['0', '1']);
  world.now += 1;
  await world.app.tend();
  const { entries, next, before, head } = await world.entries(alice, groupId);
  expect([entries, next, before]).toEqual([[], 2, head]);
});
