import { beforeEach, describe, expect, test } from 'vitest';
import { checkGroupKeyPackage, readGroupKeyPackage } from '../../../group/credential/key-package.ts';
import { groupSuite } from '../../../group/profile/suite.ts';
import { keyPackageRef } from '../../../mls/crypto/labels.ts';
import type { Welcome } from '../../../mls/structures/welcome.ts';
import { type Bytes, fromHex, toHex } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { TestClock } from '../../testing/clock.ts';
import { until } from '../../testing/until.ts';
import type { OfferedKeyPackages } from '../service/delivery-service.ts';
import { certifiedAgent } from '../testing/certified.ts';
import { memoryRows } from '../testing/memory-rows.ts';
import { KeyPackageKeeper } from './key-package-keeper.ts';
import { encodePackage } from './package-record.ts';

const start = 1_790_000_000;
const day = 86_400;
const suite = await groupSuite();
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const refOf = (message: Bytes) => toHex(keyPackageRef(suite, readGroupKeyPackage(message).keyPackage));

/** What the service has of the agent, and what it was sent. */
class Shop {
  oneTime: Bytes[] = [];
  lastResort: Bytes | undefined;
  readonly offers: OfferedKeyPackages[] = [];
  isOpen = true;
  /** The next answer is lost, after the service has taken the KeyPackages. */
  losesAnswer = false;

  async offerKeyPackages(offered: OfferedKeyPackages): Promise<number> {
    if (!this.isOpen) throw new ParleyError('delivery_unreachable', 'Nobody answers.');
    if (offered.replace === true) this.oneTime = [];
    this.oneTime.push(...offered.oneTime);
    this.lastResort = offered.lastResort ?? this.lastResort;
    if (offered.oneTime.length > 0 || offered.lastResort !== undefined) this.offers.push(offered);
    if (this.losesAnswer && offered.oneTime.length > 0) {
      this.losesAnswer = false;
      throw new ParleyError('delivery_unreachable', 'Nobody answers.');
    }
    return this.oneTime.length;
  }
}

const clock = new TestClock(1_000 * start);
let agent: Awaited<ReturnType<typeof certifiedAgent>>;
let shop: Shop;
let rows: ReturnType<typeof memoryRows>;
let inUse: Set<string>;
const now = () => Math.floor(clock.now() / 1_000);
const open = () =>
  new KeyPackageKeeper({
    rows,
    identities: agent.identities,
    environment: { random, now: clock.now },
    service: shop,
    scheduler: clock,
    chance: () => 0,
    isInUse: (keyId) => inUse.has(keyId),
  });

beforeEach(async () => {
  agent = await certifiedAgent('helper_agent_001', now(), 60 * day, clock.now);
  shop = new Shop();
  rows = memoryRows();
  inUse = new Set();
});

/** A Welcome for a KeyPackage, as far as it says for whom it is. */
const welcomeFor = (...messages: readonly Bytes[]): Welcome => ({
  cipherSuite: suite.id,
  secrets: messages.map((message) => ({
    newMember: fromHex(refOf(message)),
    encryptedGroupSecrets: { kemOutput: random(1), ciphertext: random(1) },
  })),
  encryptedGroupInfo: random(1),
});

const messageAt = (i: number): Bytes => {
  const message = shop.oneTime[i];
  if (message === undefined) throw new TypeError(`The service has no KeyPackage ${i}.`);
  return message;
};
const lastResort = (): Bytes => {
  if (shop.lastResort === undefined) throw new TypeError('The service has no last-resort KeyPackage.');
  return shop.lastResort;
};
const later = async (seconds: number, keeper: KeyPackageKeeper) => {
  clock.advance(1_000 * seconds);
  await keeper.upkeep();
};

describe('a new agent', () => {
  test('leaves 20 one-time KeyPackages and a last-resort one in place of all older ones, each with a key of its own', async () => {
    await open().upkeep();
    expect(shop.offers).toHaveLength(1);
    expect(shop.offers[0]).toMatchObject({ replace: true });
    expect(shop.oneTime).toHaveLength(20);
    const all = [...shop.oneTime, lastResort()];
    const read = all.map(readGroupKeyPackage);
    for (const one of read) {
      const evidence = { certificate: agent.own.certificates.signing, authorities: [agent.ca], now: now() };
      await checkGroupKeyPackage(one, { agentId: 'helper_agent_001', ...evidence });
    }
    expect(new Set(read.map(({ keyPackage }) => toHex(keyPackage.leafNode.signatureKey))).size).toBe(21);
    expect(new Set(read.map(({ keyPackage }) => toHex(keyPackage.initKey))).size).toBe(21);
  });

  test('has stored the private part and key of each before the service has it', async () => {
    shop.isOpen = false;
    const keeper = open();
    await expect(keeper.upkeep()).rejects.toMatchObject({ code: 'delivery_unreachable' });
    shop.isOpen = true;
    shop.offerKeyPackages = async (offered) => {
      if (offered.oneTime.length > 0) throw new ParleyError('delivery_unreachable', 'Nobody answers.');
      return 0;
    };
    await expect(keeper.upkeep()).rejects.toMatchObject({ code: 'delivery_unreachable' });
    expect(rows.writes).toHaveLength(1);
    expect(rows.writes[0]?.put).toHaveLength(21);
    expect(rows.writes[0]?.putKeys).toHaveLength(21);
  });
});

describe('what the service keeps', () => {
  test('is filled up to 20 once fewer than 10 are left, and not before', async () => {
    const keeper = open();
    await keeper.upkeep();
    shop.oneTime.splice(0, 10);
    await keeper.upkeep();
    expect(shop.offers).toHaveLength(1);
    shop.oneTime.splice(0, 1);
    await keeper.upkeep();
    expect(shop.oneTime).toHaveLength(20);
    expect(shop.offers[1]).not.toHaveProperty('replace');
    expect(shop.offers[1]).not.toHaveProperty('lastResort');
  });

  test('is looked after while the agent stays open, and again when it wakes or the service comes back', async () => {
    const keeper = open();
    shop.isOpen = false;
    keeper.start();
    await until(() => (clock.waiting > 0 ? true : undefined), 'no look is planned');
    shop.isOpen = true;
    clock.advance(500);
    await until(() => (shop.oneTime.length === 20 && clock.waiting > 0 ? true : undefined), 'nothing was left');
    shop.oneTime.splice(0, 15);
    clock.advance(15 * 60_000);
    await until(() => (shop.oneTime.length === 20 && clock.waiting > 0 ? true : undefined), 'it was not filled up');
    shop.oneTime.splice(0, 15);
    keeper.look();
    await until(() => (shop.oneTime.length === 20 && clock.waiting > 0 ? true : undefined), 'it was not filled up');
    keeper.stop();
    expect(clock.waiting).toBe(0);
  });

  test('is replaced as a whole when there are more than this agent has private parts of', async () => {
    await open().upkeep();
    rows = memoryRows();
    await open().upkeep();
    expect(shop.offers).toHaveLength(2);
    expect(shop.offers[1]).toMatchObject({ replace: true });
    expect(shop.offers[1]?.oneTime).toHaveLength(20);
    expect(shop.offers[1]?.lastResort).toBeDefined();
  });

  test('is replaced before it ends, once the certificate lasts longer', async () => {
    agent = await certifiedAgent('helper_agent_001', now(), 20 * day, clock.now);
    const keeper = open();
    await keeper.upkeep();
    await later(14 * day, keeper);
    expect(shop.offers.map(({ replace }) => replace === true)).toEqual([true, false]);
    await agent.renew(now());
    await later(60, keeper);
    expect(shop.offers[2]).toMatchObject({ replace: true });
    await later(60, keeper);
    expect(shop.offers).toHaveLength(3);
  });

  test('is left alone while the certificate has less than a day', async () => {
    agent = await certifiedAgent('helper_agent_001', now(), day / 2, clock.now);
    await open().upkeep();
    expect(shop.offers).toEqual([]);
    await agent.renew(now());
  });
});

describe('the last-resort KeyPackage', () => {
  test('is replaced weekly, and its private part goes 7 days after that', async () => {
    const keeper = open();
    await keeper.upkeep();
    const first = lastResort();
    await later(7 * day - 60, keeper);
    expect(lastResort()).toBe(first);
    await later(60, keeper);
    expect(lastResort()).not.toBe(first);
    await later(7 * day - 60, keeper);
    expect(await open().forWelcome(welcomeFor(first))).toMatchObject({ isLastResort: true });
    await later(60, keeper);
    expect(await keeper.forWelcome(welcomeFor(first))).toBeUndefined();
    expect(await open().forWelcome(welcomeFor(first))).toBeUndefined();
  });

  test('is replaced after each use, also when the agent restarts in between, and its key stays while a group uses it', async () => {
    await open().upkeep();
    const first = lastResort();
    const own = await open().forWelcome(welcomeFor(first));
    if (own === undefined) throw new TypeError('The private part is gone.');
    const keeper = open();
    expect(keeper.used(own).drop).toEqual([]);
    await keeper.upkeep();
    expect(lastResort()).not.toBe(first);
    expect(await keeper.forWelcome(welcomeFor(first))).toMatchObject({ ref: own.ref });
    inUse.add(own.keyId);
    await later(7 * day, keeper);
    expect(await keeper.forWelcome(welcomeFor(first))).toBeUndefined();
    expect(await rows.key(own.keyId)).toBeDefined();
  });
});

describe('a private part', () => {
  test('is found for a Welcome to several, and goes with the transaction that joins, but its key', async () => {
    const keeper = open();
    await keeper.upkeep();
    const other = await certifiedAgent('traveller_agent_001', now(), 60 * day, clock.now);
    const keep = { shop, rows, agent };
    [shop, rows, agent] = [new Shop(), memoryRows(), other];
    await open().upkeep();
    const foreign = messageAt(0);
    ({ shop, rows, agent } = keep);
    const own = await keeper.forWelcome(welcomeFor(foreign, messageAt(3)));
    if (own === undefined) throw new TypeError('The private part is not found.');
    expect(own).toMatchObject({ ref: refOf(messageAt(3)), isLastResort: false });
    expect(own.secrets.initSecret.some((byte) => byte !== 0)).toBe(true);
    await rows.write(keeper.used(own));
    keeper.joined(own);
    expect(own.secrets.initSecret.every((byte) => byte === 0)).toBe(true);
    expect(await keeper.forWelcome(welcomeFor(messageAt(3)))).toBeUndefined();
    expect(await open().forWelcome(welcomeFor(messageAt(3)))).toBeUndefined();
    expect(await rows.key(own.keyId)).toBeDefined();
    expect(await keeper.forWelcome(welcomeFor(foreign))).toBeUndefined();
  });

  test('of KeyPackages whose upload was not answered is there when they are used', async () => {
    shop.losesAnswer = true;
    const keeper = open();
    await expect(keeper.upkeep()).rejects.toMatchObject({ code: 'delivery_unreachable' });
    const taken = messageAt(0);
    await open().upkeep();
    expect(await open().forWelcome(welcomeFor(taken))).toBeDefined();
  });

  test('is kept for 30 days after the KeyPackage has ended', async () => {
    const keeper = open();
    await keeper.upkeep();
    const first = messageAt(0);
    await later(59 * day, keeper);
    expect(await keeper.forWelcome(welcomeFor(first))).toBeDefined();
    await later(2 * day, keeper);
    expect(await keeper.forWelcome(welcomeFor(first))).toBeUndefined();
  });

  test('to come back to a group says which, is the same until it was used, and begins after the leaf that it replaces', async () => {
    const keeper = open();
    const group = 'ab'.repeat(16);
    const own = await keeper.forRejoin(group, now() - 10);
    const { credential } = readGroupKeyPackage(own.bytes);
    expect(credential).toMatchObject({ rejoins: group });
    expect(credential.notBefore).toBeGreaterThan(now() - 10);
    expect((await open().forRejoin(group, now() - 10)).ref).toBe(own.ref);
    expect((await keeper.forRejoin('cd'.repeat(16))).ref).not.toBe(own.ref);
    expect(own).toMatchObject({ rejoins: group, isLastResort: false });
    expect(await keeper.forWelcome(welcomeFor(own.bytes))).toMatchObject({ rejoins: group });
    await rows.write(keeper.used(own));
    keeper.joined(own);
    expect((await keeper.forRejoin(group)).ref).not.toBe(own.ref);
  });
});

test('of private parts that nobody used 1,000 stay: the oldest go', async () => {
  const keyId = 'cd'.repeat(32);
  const partOf = (number: number) => `key-package/${String(number).padStart(64, '0')}`;
  const put = Array.from({ length: 1_005 }, (_, number) => ({
    group: '',
    part: partOf(number),
    bytes: encodePackage({
      ...{ kind: 'one_time', madeAt: now() - 2_000 + number, notAfter: now() + 30 * day, replacedAt: undefined },
      ...{ rejoins: undefined, keyId, initSecret: random(48), leafSecret: random(48), bytes: random(10) },
    }),
  }));
  await rows.write({ put, drop: [], putKeys: [{ id: keyId, key: agent.own.signingKey }] });
  inUse.add(keyId);
  const keeper = open();
  await keeper.upkeep();
  for (const gone of [0, 4]) expect(await rows.read('', partOf(gone))).toBeUndefined();
  for (const kept of [5, 1_004]) expect(await rows.read('', partOf(kept))).toBeDefined();
  expect(await rows.key(keyId)).toBe(agent.own.signingKey);
});
