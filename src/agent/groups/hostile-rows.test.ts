import { beforeAll, expect, inject, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import { mutatedBytes } from '../../mls/testing/mutated-bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { GroupRow } from '../contracts/group-store.ts';
import type { AgentStore } from '../contracts/ports.ts';
import { SealedRows } from './rows/sealed-rows.ts';
import { GroupWorld, type Resident } from './testing/group-world.ts';

const isExhaustive = inject('exhaustive');
const runs = isExhaustive ? 400 : 10;
const misstatements = isExhaustive ? 20 : 1;
const chance = new Chance(16);
let world: GroupWorld;
let helper: Resident;
let groupId: string;
let otherId: string;
let rows: readonly GroupRow[];

beforeAll(async () => {
  world = await GroupWorld.create();
  const traveller = await world.open('traveller');
  helper = await world.open('helper');
  await world.ready(traveller, helper);
  const invite = [helper.agentId];
  groupId = (await world.during(traveller.agent.groups.create({ name: 'Trip', invite }))).groupId;
  const invited = () => helper.agent.groups.invitations().find((one) => one.groupId === groupId);
  await world.passing(invited);
  // Another one waits.
  await world.during(traveller.agent.groups.create({ name: 'Later', invite }));
  await world.passing(() => (helper.agent.groups.invitations().length === 2 ? true : undefined));
  await world.during(helper.agent.groups.accept(groupId));
  await world.during(traveller.agent.groups.say({ groupId, content: 'hello' }));
  await world.passing(() => helper.agent.snapshot().exchanges.find(({ parameters }) => parameters === 'hello'));
  // A row of every kind: what the owner said, and a group that goes on whatever becomes of the rows of the first.
  await world.during(helper.agent.groups.setSettings({ joinsByItself: { direct: true, group: true } }));
  otherId = (await world.during(helper.agent.groups.create({ name: 'Other', invite: [] }))).groupId;
  await world.during(helper.agent.groups.say({ groupId: otherId, content: 'begins' }));
  await world.close(traveller);
  await world.close(helper);
  const { store } = helper;
  rows = [...(await store.groupRows('', '', '', 1_000)), ...(await store.groupRows(groupId, '', '', 1_000))];
}, 300_000);

/** What a row is of, by its part without numbers and names. */
const kindOf = ({ group, part }: GroupRow) => `${group === '' ? 'any' : 'group'} ${part.replace(/\/.*/, '/')}`;

test('a stored row that is changed, or put in the place of another, is never read', { timeout: 600_000 }, async () => {
  const reading = async (row: GroupRow) => (await sealedRows(row)).read(row.group, row.part);
  for (const row of rows) {
    await reading(row);
    for (let run = 0; run < runs; run++) {
      const { iv, ciphertext, part } = row;
      const changed = chance.pick([
        { ...row, ciphertext: mutatedBytes(ciphertext, chance) },
        { ...row, iv: mutatedBytes(iv, chance) },
        { ...row, part: `${part}0` },
        { ...row, group: 'ab'.repeat(16) },
      ]);
      await expect(reading(changed), part).rejects.toMatchObject({ code: 'storage_failed' });
    }
  }
});

/** The agent's rows as if this were each of them. */
async function sealedRows(row: GroupRow): Promise<SealedRows> {
  const { store, agentId } = helper;
  const keys = await store.loadHistoryKeys();
  if (keys === undefined) throw new Error('There are no keys.');
  const { environment } = world.world;
  const changed = { ...store, groupRow: async () => row, groupRows: async () => [row], groupKey: store.groupKey };
  const history = { keepStep: () => Promise.reject(new TypeError(`${agentId} writes nothing here.`)) };
  return new SealedRows({ agentId, store: changed, keys, environment, history });
}

/** The row as somebody with the agent's key would have written it wrongly. */
async function misstated(row: GroupRow): Promise<GroupRow> {
  const sealed = await sealedRows(row);
  const { group, part } = row;
  const bytes = await sealed.read(group, part);
  if (bytes === undefined) throw new Error('There is no such row.');
  const { put } = await sealed.seal({ put: [{ group, part, bytes: mutatedBytes(bytes, chance) }], drop: [] });
  const [changed] = put;
  if (changed === undefined) throw new Error('Nothing was sealed.');
  return changed;
}

test('an agent with one row of any kind that is damaged, or says something else, opens, and its other groups go on', {
  timeout: 1_800_000,
}, async () => {
  const ofFirst = rows.filter(({ part }) => !part.includes(otherId));
  const kinds = [...new Map(ofFirst.map((row) => [kindOf(row), row])).values()];
  const expected = ['any standing/', 'any settings', 'any key-packages', 'any invitation/', 'any authorities'];
  expect(kinds.map(kindOf)).toEqual(expect.arrayContaining([...expected, 'group member', 'group head/']));
  const broken: string[] = [];
  for (const row of kinds) {
    const damaged = { ...row, ciphertext: mutatedBytes(row.ciphertext, chance) };
    const wrong = await Promise.all(Array.from({ length: misstatements }, () => misstated(row)));
    for (const one of [damaged, ...wrong]) {
      try {
        const opened = await world.during(world.open('helper', { store: storeWith(helper.store, one) }));
        const { groups } = opened.agent;
        expect(groups.list().map((group) => group.groupId)).toEqual(expect.arrayContaining([groupId, otherId]));
        await world.during(groups.say({ groupId: otherId, content: kindOf(row) }));
        await world.close(opened);
      } catch (cause) {
        if (!(cause instanceof ParleyError)) throw cause;
        broken.push(`${kindOf(row)}: ${cause.code} ${cause.detail}`);
      }
    }
  }
  expect(broken).toEqual([]);
});

/** A store with one row that somebody has changed on disk. */
function storeWith(kept: AgentStore, row: GroupRow): AgentStore {
  const isIt = (other: Pick<GroupRow, 'group' | 'part'>) => other.group === row.group && other.part === row.part;
  let isThere = true;
  return {
    ...kept,
    groupRow: async (group, part) => (isThere && isIt({ group, part }) ? row : kept.groupRow(group, part)),
    groupRows: async (...given) => (await kept.groupRows(...given)).map((one) => (isThere && isIt(one) ? row : one)),
    commit: async (change) => {
      await kept.commit(change);
      if (change.groups?.some(({ put }) => put.some(isIt)) === true) isThere = false;
    },
  };
}
