import { beforeAll, expect, test } from 'vitest';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import { DeliveryWorld, makeSigningKeys, privateMessage } from './testing/delivery-world.ts';

const [alice, bob] = ['agent_alice', 'agent_bob'];
const day = 86_400;
let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = await makeSigningKeys();
});
const large = (groupId: string) => ({ message: encodeBase64(privateMessage(groupId, 'application', 3_000)) });

test('what goes of a log is counted once, also when several servers look at the same time', async () => {
  const store = createMemoryDeliveryStore();
  const world = await DeliveryWorld.create(keys, store, [alice, bob]);
  const groupId = await world.group([alice, bob]);
  for (let i = 0; i < 4; i++) await world.appended(alice, groupId, large(groupId));
  for (const agentId of [alice, bob]) await world.read(agentId, groupId, 4);
  const look = () => Promise.all([world.app.tend(), world.app.tend(), world.app.tend()]);
  await look();
  world.now += 2 * day;
  await look();
  await world.appended(alice, groupId, large(groupId));
  world.now += 61 * day;
  await look();
  expect(await store.entries(groupId, 0, 10)).toEqual([]);
  expect((await store.upkeep(groupId)).dropped).toBe((await store.group(groupId))?.written);
});

test('a message is held back by a member that is added again, whenever it has read before', async () => {
  const world = await DeliveryWorld.create(keys, createMemoryDeliveryStore(), [alice, bob]);
  const groupId = await world.group([alice, bob]);
  for (const agentId of [alice, bob]) await world.read(agentId, groupId, 0);
  await world.appended(alice, groupId, { kind: 'commit', members: [alice], admins: [alice] });
  world.now += 8 * day;
  await world.appended(alice, groupId, { kind: 'commit', after: 1, members: [alice, bob], admins: [alice] });
  await world.appended(alice, groupId, { after: 2 });
  await world.read(alice, groupId, 3);
  await world.app.tend();
  world.now += 2 * day;
  await world.app.tend();
  expect((await world.entries(bob, groupId, 2)).entries.map(({ message }) => message !== undefined)).toEqual([
    true,
    true,
  ]);
});
