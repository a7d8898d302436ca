import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { openAuthorityFile } from '../storage/file/authority-file.ts';
import { openSqliteControllerStore } from '../storage/sqlite/controller-store.ts';
import type { DeliveryLimits } from './context.ts';
import {
  DeliveryWorld,
  makeSigningKeys,
  newId,
  privateMessage,
  refusalOf,
  welcomeMessage,
} from './testing/delivery-world.ts';

// Each limit of the groups page, section 4, with SQLite: that it holds for whom it is meant for, and that at that moment others
// have all of theirs. A limit is made small where it can be; what it means does not depend on its size.

const full = [507, 'mailbox_full'];
const often = [429, 'rate_limited'];
const tooLarge = [413, 'message_too_large'];

let keys: CryptoKeyPair;
let folder = '';
let opened: Awaited<ReturnType<typeof openSqliteControllerStore>>;
beforeAll(async () => {
  keys = await makeSigningKeys();
  folder = await mkdtemp(join(tmpdir(), 'parley-shares-'));
  opened = await openSqliteControllerStore(join(folder, 'controller.db'), openAuthorityFile(join(folder, 'ca.pem')));
});
afterAll(async () => {
  opened.close();
  await rm(folder, { recursive: true });
});

let worlds = 0;

/** A world with agents of its own, all over one database. */
async function newWorld(limits: Partial<DeliveryLimits>) {
  worlds += 1;
  const named = (name: string) => `${name}_${worlds}`;
  const [alice, bob, carol, dave] = [named('alice'), named('bob'), named('carol'), named('dave')] as const;
  const world = await DeliveryWorld.create(keys, opened.delivery, [alice, bob, carol, dave], limits);
  return { world, alice, bob, carol, dave };
}

const sized = (groupId: string, size: number, kind: 'message' | 'proposal' = 'message') => ({
  kind,
  message: encodeBase64(privateMessage(groupId, kind === 'message' ? 'application' : kind, size - 50)),
});
const welcome = (size: number, ...to: readonly string[]) => ({
  welcome: { message: encodeBase64(welcomeMessage(size - 4)), to: [...to] },
});
const making = (...members: readonly [string, ...string[]]) => ({
  kind: 'commit' as const,
  after: -1,
  members: members.toSorted(),
  admins: [members[0]],
});
const packages = (count: number, from: number) =>
  Array.from({ length: count }, (_, i) => encodeBase64(Uint8Array.of(worlds, from, i)));
const leave = (world: DeliveryWorld, agentId: string, count: number, from: number) =>
  world.as(agentId, 'PUT', '/key-packages', { one_time: packages(count, from), last_resort: packages(1, from + 1)[0] });

test('64 MiB unread of one writer: the others of the group write, and it reads on', async () => {
  const { world, alice, bob, carol } = await newWorld({ writer: 10_000 });
  const groupId = await world.group([alice, bob, carol]);
  await world.appended(alice, groupId, sized(groupId, 9_000));
  expect(await refusalOf(await world.append(alice, groupId, sized(groupId, 2_000)))).toEqual(full);
  await world.appended(bob, groupId, sized(groupId, 9_000));
  await world.appended(carol, groupId, sized(groupId, 9_000));
  expect((await world.entries(alice, groupId)).entries).toHaveLength(4);
  expect((await world.read(alice, groupId, 3)).status).toBe(200);
});

test('4,096 groups with something unread of one writer: the others make and write', async () => {
  const { world, alice, bob } = await newWorld({ chargedGroups: 2 });
  const one = await world.group([alice, bob]);
  await world.group([alice, bob]);
  expect(await refusalOf(await world.append(alice, newId(), making(alice, bob)))).toEqual(full);
  await world.group([bob, alice]);
  await world.appended(bob, one);
  await world.appended(alice, one);
});

test('4 MiB of one writer in one inbox: another writer reaches that inbox, and it another inbox', async () => {
  const { world, alice, bob, carol, dave } = await newWorld({ inboxOfWriter: 10_000 });
  await world.group([alice, bob], welcome(9_000, bob));
  expect(
    await refusalOf(await world.append(alice, newId(), { ...making(alice, bob), ...welcome(9_000, bob) })),
  ).toEqual(full);
  await world.group([carol, bob], welcome(9_000, bob));
  await world.group([alice, dave], welcome(9_000, dave));
  expect((await world.inbox(bob)).items.map(({ from }) => from)).toEqual([alice, carol]);
  expect((await world.inbox(dave)).items).toHaveLength(1);
});

test('256 MiB of one group: its members read it and write elsewhere', async () => {
  const { world, alice, bob } = await newWorld({ group: 10_000 });
  const groupId = await world.group([alice, bob]);
  const other = await world.group([alice, bob]);
  await world.appended(alice, groupId, sized(groupId, 4_000, 'proposal'));
  await world.appended(alice, groupId, sized(groupId, 4_000, 'proposal'));
  for (const agentId of [alice, bob]) {
    expect(await refusalOf(await world.append(agentId, groupId, sized(groupId, 4_000)))).toEqual(full);
    await world.appended(agentId, other, sized(other, 4_000));
    expect((await world.entries(agentId, groupId)).entries).toHaveLength(3);
  }
});

test('KeyPackages of one agent that one taker takes in an hour: another taker has its own, and it those of others', async () => {
  const { world, alice, bob, carol } = await newWorld({ takesOfTaker: 2 });
  for (const [at, agentId] of [alice, bob].entries()) await leave(world, agentId, 20, 10 * at);
  for (let i = 0; i < 2; i++) await world.taken(carol, alice);
  expect(await refusalOf(await world.take(carol, alice))).toEqual(often);
  for (let i = 0; i < 2; i++) {
    expect((await world.taken(bob, alice)).last_resort).toBe(false);
    expect((await world.taken(carol, bob)).last_resort).toBe(false);
  }
});

test('KeyPackages of one agent in an hour: then takers have its last-resort one, and one-time ones of others', async () => {
  const { world, alice, bob, carol, dave } = await newWorld({ takesOfAgent: 2 });
  for (const [at, agentId] of [alice, bob].entries()) await leave(world, agentId, 20, 10 * at);
  for (let i = 0; i < 2; i++) expect((await world.taken(carol, alice)).last_resort).toBe(false);
  for (const taker of [carol, dave]) {
    expect(await world.taken(taker, alice)).toEqual({ key_package: packages(1, 1)[0], last_resort: true });
  }
  for (const taker of [carol, dave]) expect((await world.taken(taker, bob)).last_resort).toBe(false);
});

test('KeyPackages that one taker takes of all in an hour: other takers have theirs', async () => {
  const { world, alice, bob, carol, dave } = await newWorld({ takesInAll: 2 });
  for (const [at, agentId] of [alice, bob].entries()) await leave(world, agentId, 20, 10 * at);
  await world.taken(carol, alice);
  await world.taken(carol, bob);
  for (const agentId of [alice, bob]) expect(await refusalOf(await world.take(carol, agentId))).toEqual(often);
  for (const agentId of [alice, bob]) expect((await world.taken(dave, agentId)).last_resort).toBe(false);
});

test('100 KeyPackages of one agent: those of others stay', async () => {
  const { world, alice, bob, carol } = await newWorld({ keyPackages: 3 });
  await leave(world, bob, 3, 10);
  for (const from of [0, 1, 2]) expect(await (await leave(world, alice, 3, from)).json()).toEqual({ remaining: 3 });
  expect((await world.taken(carol, alice)).key_package).toBe(packages(1, 2)[0]);
  expect((await world.taken(carol, bob)).key_package).toBe(packages(1, 10)[0]);
});

test('20 new groups of one agent in an hour: others make theirs, with it as a member, and it writes in those it has', async () => {
  const { world, alice, bob } = await newWorld({ newGroupsAnHour: 2 });
  const groups = [await world.group([alice, bob]), await world.group([alice, bob])];
  expect(await refusalOf(await world.append(alice, newId(), making(alice)))).toEqual(often);
  for (let i = 0; i < 2; i++) await world.appended(alice, await world.group([bob, alice]));
  for (const groupId of groups) await world.appended(alice, groupId, { kind: 'commit' });
});

test('1,000 groups of one agent that live: others make theirs, with it as a member', async () => {
  const { world, alice, bob } = await newWorld({ liveGroups: 2 });
  const groups = [await world.group([alice, bob]), await world.group([alice, bob])];
  world.now += 3_601;
  expect(await refusalOf(await world.append(alice, newId(), making(alice)))).toEqual(full);
  for (let i = 0; i < 2; i++) await world.appended(alice, await world.group([bob, alice]));
  for (const groupId of groups) await world.appended(alice, groupId);
});

test('120 commits of one member and group in an hour: the others commit there, it writes there and commits elsewhere', async () => {
  const { world, alice, bob } = await newWorld({ commitsAnHour: 2 });
  const [groupId, other] = [await world.group([alice, bob]), await world.group([bob, alice])];
  await world.appended(alice, groupId, { kind: 'commit' });
  expect(await refusalOf(await world.append(alice, groupId, { kind: 'commit', after: 1 }))).toEqual(often);
  await world.appended(bob, groupId, { kind: 'commit', after: 1 });
  await world.appended(alice, groupId, { after: 2 });
  await world.appended(alice, other, { kind: 'commit' });
  await world.appended(bob, groupId, { kind: 'commit', after: 2 });
});

test('8 tokens of one agent: those of others stay alive, however many it makes', async () => {
  const { world, alice, bob } = await newWorld({ tokens: 2 });
  const [first, theirs] = [await world.token(alice), await world.token(bob)];
  const newest = [await world.token(alice), await world.token(alice)];
  const status = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await world.app.fetch(new Request('https://parley.test/delivery/inbox', { headers }))).status;
  };
  expect(await Promise.all([first, theirs, ...newest].map(status))).toEqual([401, 200, 200, 200]);
});

test('4 streams of notices of one agent: others open theirs', async () => {
  const { world, alice, bob } = await newWorld({});
  const open = (agentId: string) => world.as(agentId, 'GET', '/events');
  for (let i = 0; i < 4; i++) expect((await open(alice)).status).toBe(200);
  expect(await refusalOf(await open(alice))).toEqual(often);
  for (let i = 0; i < 4; i++) expect((await open(bob)).status).toBe(200);
  for (const agentId of [alice, bob]) world.streams.end(agentId);
});

test('sizes of bodies, messages, Welcomes and KeyPackages: what others send at the same time is taken', async () => {
  const { world, alice, bob, carol } = await newWorld({});
  const groupId = await world.group([alice, bob]);
  const padded = (size: number) => JSON.stringify({ index: 0 }).padEnd(size + 1);
  const message = encodeBase64(privateMessage(groupId, 'application', 1_088 * 1_024));
  const refused = () => [
    world.append(alice, groupId, { message }),
    world.append(alice, newId(), { ...making(alice, bob), ...welcome(1_024 * 1_024 + 1, bob) }),
    world.as(alice, 'POST', `/groups/${groupId}/entries`, padded(4 * 1_024 * 1_024)),
    world.as(alice, 'PUT', '/key-packages', padded(2 * 1_024 * 1_024)),
    world.as(alice, 'PUT', '/key-packages', { one_time: [encodeBase64(new Uint8Array(8_193))] }),
    world.as(alice, 'POST', `/groups/${groupId}/read`, padded(16 * 1_024)),
    world.as(alice, 'POST', '/inbox/read', padded(16 * 1_024)),
  ];
  const taken = () => [
    world.append(bob, groupId),
    world.append(bob, newId(), { ...making(bob, carol), ...welcome(900, carol) }),
    world.as(bob, 'PUT', '/key-packages', { one_time: packages(1, 0) }),
    world.read(bob, groupId, 0),
  ];
  const answers = await Promise.all([...refused(), ...taken()]);
  for (const answer of answers.slice(0, -4)) expect(await refusalOf(answer)).toEqual(tooLarge);
  expect(answers.slice(-4).map(({ status }) => status)).toEqual([201, 201, 200, 200]);
});

test('100,000 entries of one log: those of other groups stay, and what somebody has not read', async () => {
  const { world, alice, bob } = await newWorld({ entries: 4 });
  const [groupId, other] = [await world.group([alice, bob]), await world.group([alice, bob])];
  for (const each of [groupId, other]) for (let i = 0; i < 3; i++) await world.appended(alice, each);
  for (let i = 0; i < 3; i++) await world.appended(alice, groupId);
  for (const agentId of [alice, bob]) {
    for (const each of [groupId, other]) await world.read(agentId, each, 3);
  }
  world.now += 86_400;
  await world.app.tend();
  const left = async (each: string) => (await world.entries(bob, each)).entries.map(({ index }) => index);
  expect(await left(groupId)).toEqual([3, 4, 5, 6]);
  expect(await left(other)).toEqual([0, 1, 2, 3]);
});
