import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { openAuthorityFile } from '../storage/file/authority-file.ts';
import { openSqliteControllerStore, type SqliteControllerStore } from '../storage/sqlite/controller-store.ts';
import {
  DeliveryWorld,
  makeSigningKeys,
  newId,
  privateMessage,
  refusalOf,
  welcomeMessage,
} from './testing/delivery-world.ts';

// What one damaged record does to everybody whom it is not of: nothing.

const [alice, bob, carol] = ['agent_alice', 'agent_bob', 'agent_carol'];
const day = 86_400;
/** As which an answer tells that the storage failed. */
const failed = [503, 'unavailable'];
let keys: CryptoKeyPair;
let folder = '';
let opened: SqliteControllerStore;
let raw: DatabaseSync;
let world: DeliveryWorld;
beforeAll(async () => {
  keys = await makeSigningKeys();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-damage-'));
  const path = join(folder, 'controller.db');
  opened = await openSqliteControllerStore(path, openAuthorityFile(join(folder, 'ca.pem')));
  raw = new DatabaseSync(path);
  const limits = { writer: 20_000, inboxOfWriter: 6_000 };
  world = await DeliveryWorld.create(keys, opened.delivery, [alice, bob, carol], limits);
});
afterEach(async () => {
  raw.close();
  opened.close();
  await rm(folder, { recursive: true });
});

const sized = (groupId: string, size: number) => ({
  message: encodeBase64(privateMessage(groupId, 'application', size)),
});
const damageGroup = (groupId: string) =>
  raw.prepare("UPDATE delivery_groups SET record = '{' WHERE group_id = ?").run(groupId);

test('a group whose record is damaged is refused, and the sweep goes on to all others', async () => {
  const groups = [];
  for (let i = 0; i < 4; i++) groups.push(await world.group([alice, bob]));
  const [broken = '', ...others] = groups.toSorted();
  for (const groupId of others) {
    await world.appended(alice, groupId);
    for (const agentId of [alice, bob]) await world.read(agentId, groupId, 1);
  }
  damageGroup(broken);
  expect(await refusalOf(await world.append(alice, broken))).toEqual(failed);
  world.now += day + 61;
  await expect(world.app.tend()).rejects.toMatchObject({ code: 'storage_failed' });
  const stored = raw.prepare('SELECT group_id FROM delivery_messages WHERE number = 1').all();
  expect(stored).toEqual([]);
  for (const groupId of others) await world.appended(bob, groupId);
});

test('a writer that has written in a damaged group writes in others, and what was read there is free again', async () => {
  const [broken, groupId] = [await world.group([alice, bob]), await world.group([alice, bob])];
  await world.appended(alice, broken, sized(broken, 5_000));
  await world.appended(alice, groupId, sized(groupId, 9_000));
  damageGroup(broken);
  expect(await refusalOf(await world.append(alice, groupId, sized(groupId, 9_000)))).toEqual([507, 'mailbox_full']);
  await world.read(bob, groupId, 1);
  await world.appended(alice, groupId, sized(groupId, 9_000));
});

test('an agent that has spoken in a damaged group gets Welcomes of those that it has spoken with elsewhere', async () => {
  const [common, broken] = [await world.group([alice, bob]), await world.group([alice, bob])];
  for (const groupId of [common, broken]) await world.appended(bob, groupId);
  damageGroup(broken);
  const welcome = () => ({ welcome: { message: encodeBase64(welcomeMessage(4_000)), to: [bob] } });
  for (let i = 0; i < 3; i++) await world.group([alice, bob], welcome());
  expect((await world.inbox(bob)).items).toHaveLength(3);
});

test('a group goes on when the record of an agent is damaged that has written in it', async () => {
  const groupId = await world.group([alice, bob, carol]);
  await world.appended(carol, groupId);
  for (const agentId of [alice, bob, carol]) await world.read(agentId, groupId, 1);
  raw.prepare("UPDATE delivery_agents SET record = '[]' WHERE agent_id = ?").run(carol);
  world.now += day + 61;
  await world.appended(alice, groupId);
  expect(
    (await world.entries(bob, groupId)).entries.map(({ index, message }) => [index, message !== undefined]),
  ).toEqual([
    [0, true],
    [1, false],
    [2, true],
  ]);
});

test('a message that is damaged is not handed out as another, and other groups are read', async () => {
  const [broken, groupId] = [await world.group([alice, bob]), await world.group([alice, bob])];
  for (const each of [broken, groupId]) await world.appended(alice, each);
  raw.prepare('UPDATE delivery_messages SET bytes = substr(bytes, 1, 9) WHERE group_id = ? AND number = 1').run(broken);
  const answer = await world.as(bob, 'GET', `/groups/${broken}/entries?from=0`);
  expect(await refusalOf(answer)).toEqual(failed);
  expect((await world.entries(bob, groupId)).entries).toHaveLength(2);
  expect((await world.append(bob, broken)).status).toBe(201);
  expect((await world.append(bob, newId(), { kind: 'commit', after: -1 })).status).toBe(201);
});
