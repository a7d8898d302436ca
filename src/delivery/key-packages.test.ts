import { beforeAll, describe, expect, test } from 'vitest';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import { DeliveryWorld, makeSigningKeys, refusalOf } from './testing/delivery-world.ts';

const [owner, taker, other] = ['agent_a', 'agent_b', 'agent_c'];
let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = await makeSigningKeys();
});
const newWorld = () => DeliveryWorld.create(keys, createMemoryDeliveryStore(), [owner, taker, other]);
const packages = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => encodeBase64(Uint8Array.of(7, (from + i) >> 8, (from + i) & 0xff)));
const put = (world: DeliveryWorld, body: object) => world.as(owner, 'PUT', '/key-packages', body);
const last = encodeBase64(Uint8Array.of(9));

describe('PUT /delivery/key-packages', () => {
  test('adds, and says how many one-time ones there are', async () => {
    const world = await newWorld();
    expect(await (await put(world, { one_time: packages(3), last_resort: last })).json()).toEqual({ remaining: 3 });
    expect(await (await put(world, { one_time: packages(2, 3) })).json()).toEqual({ remaining: 5 });
    expect(await (await put(world, { one_time: [] })).json()).toEqual({ remaining: 5 });
  });

  test('may be sent again, without effect', async () => {
    const world = await newWorld();
    await put(world, { one_time: packages(3) });
    expect(await (await put(world, { one_time: packages(3) })).json()).toEqual({ remaining: 3 });
  });

  test('keeps 100, the newest', async () => {
    const world = await newWorld();
    await put(world, { one_time: packages(100) });
    expect(await (await put(world, { one_time: packages(10, 100) })).json()).toEqual({ remaining: 100 });
    expect(await world.taken(taker, owner)).toEqual({ key_package: encodesAs(10), last_resort: false });
  });

  test('takes 100 in one call, and 8 KiB each', async () => {
    const world = await newWorld();
    expect(await refusalOf(await put(world, { one_time: packages(101) }))).toEqual([400, 'malformed_message']);
    const most = encodeBase64(new Uint8Array(8_192));
    expect((await put(world, { one_time: [most] })).status).toBe(200);
    const tooLong = encodeBase64(new Uint8Array(8_193));
    expect(await refusalOf(await put(world, { one_time: [tooLong] }))).toEqual([413, 'message_too_large']);
    expect(await refusalOf(await put(world, { one_time: [], last_resort: tooLong }))).toEqual([
      413,
      'message_too_large',
    ]);
  });

  test('takes a body of 2 MiB, no larger one', async () => {
    const world = await newWorld();
    const body = JSON.stringify({ one_time: [] });
    expect((await world.as(owner, 'PUT', '/key-packages', body.padEnd(2_097_152))).status).toBe(200);
    expect(await refusalOf(await world.as(owner, 'PUT', '/key-packages', body.padEnd(2_097_153)))).toEqual([
      413,
      'message_too_large',
    ]);
  });

  test('with replace drops all older ones first, the last-resort one too', async () => {
    const world = await newWorld();
    await put(world, { one_time: packages(3), last_resort: last });
    expect(await (await put(world, { one_time: packages(1, 50), replace: true })).json()).toEqual({ remaining: 1 });
    expect((await world.taken(taker, owner)).key_package).toBe(encodesAs(50));
    expect(await refusalOf(await world.take(taker, owner))).toEqual([404, 'no_key_package']);
  });
});

describe('taking a KeyPackage', () => {
  test('gives each one-time one once, also when many ask at once, then the last-resort one', async () => {
    const world = await newWorld();
    await put(world, { one_time: packages(3), last_resort: last });
    const taken = await Promise.all([1, 2, 3, 4, 5].map(() => world.taken(taker, owner)));
    expect(taken.map(({ key_package }) => key_package).sort()).toEqual([...packages(3), last, last].sort());
    expect(taken.filter(({ last_resort }) => last_resort)).toHaveLength(2);
  });

  test('gives one that was given to nobody in its other form, in or without an MLSMessage', async () => {
    const world = await newWorld();
    const bare = Uint8Array.of(0, 1, 0xf6, 0x4a, 9);
    const [alone, inMessage] = [encodeBase64(bare), encodeBase64(Uint8Array.of(0, 1, 0, 5, ...bare))];
    expect(await (await put(world, { one_time: [alone, inMessage] })).json()).toEqual({ remaining: 1 });
    expect(await world.taken(taker, owner)).toEqual({ key_package: alone, last_resort: false });
    expect(await (await put(world, { one_time: [inMessage, alone] })).json()).toEqual({ remaining: 0 });
  });

  test('gives one once, also when it is left again while it is being given', async () => {
    const store = createMemoryDeliveryStore();
    let isLeftAgain = false;
    const takeKeyPackage = async (agentId: string) => {
      const package_ = await store.takeKeyPackage(agentId);
      // A call of its owner that began before comes to its end now.
      if (package_ !== undefined && !isLeftAgain) await store.addKeyPackages(agentId, [package_], 100, false);
      isLeftAgain = true;
      return package_;
    };
    const world = await DeliveryWorld.create(keys, { ...store, takeKeyPackage }, [owner, taker, other]);
    await put(world, { one_time: packages(1), last_resort: last });
    expect((await world.taken(taker, owner)).last_resort).toBe(false);
    expect(await world.taken(other, owner)).toEqual({ key_package: last, last_resort: true });
  });

  test('gives one that was given and is left again to nobody', async () => {
    const world = await newWorld();
    await put(world, { one_time: packages(1) });
    await world.taken(taker, owner);
    expect(await (await put(world, { one_time: packages(1) })).json()).toEqual({ remaining: 0 });
  });

  test('is no_key_package when there is none, for an unknown and for a revoked agent', async () => {
    const world = await newWorld();
    expect(await refusalOf(await world.take(taker, owner))).toEqual([404, 'no_key_package']);
    expect(await refusalOf(await world.take(taker, 'agent_z'))).toEqual([404, 'no_key_package']);
    await put(world, { one_time: packages(1) });
    world.revoke(owner);
    expect(await refusalOf(await world.take(taker, owner))).toEqual([404, 'no_key_package']);
  });

  test('passes over those that have no day left, and drops them: no take is lost for one', async () => {
    const world = await newWorld();
    const late = encodesAs(90);
    await put(world, { one_time: [...packages(30), late, encodesAs(91)], last_resort: last });
    world.isUsable = (bytes, now) => now === world.now && [late, encodesAs(91)].includes(encodeBase64(bytes));
    expect(await world.taken(taker, owner)).toEqual({ key_package: late, last_resort: false });
    expect(await (await put(world, { one_time: [] })).json()).toEqual({ remaining: 1 });
    // Of the ten of this hour, one is used.
    world.isUsable = () => true;
    await put(world, { one_time: packages(20, 200) });
    for (let i = 0; i < 9; i++) expect((await world.taken(taker, owner)).last_resort).toBe(false);
    expect(await refusalOf(await world.take(taker, owner))).toEqual([429, 'rate_limited']);
  });

  test('is no_key_package when the last-resort one has no day left either, and does not count', async () => {
    const world = await newWorld();
    await put(world, { one_time: packages(3), last_resort: last });
    world.isUsable = () => false;
    for (let i = 0; i < 12; i++)
      expect(await refusalOf(await world.take(taker, owner))).toEqual([404, 'no_key_package']);
    world.isUsable = () => true;
    expect(await world.taken(taker, owner)).toEqual({ key_package: last, last_resort: true });
  });

  test('is rate_limited from the 11th of a taker and agent in an hour on', async () => {
    const world = await newWorld();
    await put(world, { one_time: packages(30) });
    for (let i = 0; i < 10; i++) expect((await world.take(taker, owner)).status).toBe(200);
    const refused = await world.take(taker, owner);
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect(await refusalOf(refused)).toEqual([429, 'rate_limited']);
    expect((await world.take(other, owner)).status).toBe(200);
    world.now += 3_600;
    expect((await world.take(taker, owner)).status).toBe(200);
  });

  test('gives 100 one-time ones of an agent in an hour, past that the last-resort one', async () => {
    const world = await newWorld();
    await put(world, { one_time: packages(100), last_resort: last });
    const takers = Array.from({ length: 11 }, (_, i) => `taker_${i}`);
    for (const name of takers) world.register(name);
    for (let i = 0; i < 100; i++) {
      if (i === 50) await put(world, { one_time: packages(50, 200) });
      expect((await world.taken(takers[Math.floor(i / 10)] ?? '', owner)).last_resort).toBe(false);
    }
    expect(await world.taken('taker_10', owner)).toEqual({ key_package: last, last_resort: true });
    world.now += 3_600;
    expect((await world.taken('taker_10', owner)).last_resort).toBe(false);
  });
});

function encodesAs(index: number): string {
  return packages(1, index)[0] ?? '';
}
