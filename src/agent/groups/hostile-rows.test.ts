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
const chance = new Chance(Date.now());
let world: GroupWorld;
let helper: Resident;
let groupId: string;
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
  await world.close(traveller);
  await world.close(helper);
  const { store } = helper;
  rows = [...(await store.groupRows('', '', '', 1_000)), ...(await store.groupRows(groupId, '', '', 1_000))];
}, 300_000);

/** What a row is of, by its part without numbers and names. */
const kindOf = ({ group, part }: GroupRow) => `${group === '' ? 'any' : 'group'} ${part.replace(/\/.*/, '/')}`;

test('a stored row that is changed, or put in the place of another, is never read', { timeout: 600_000 }, async () => {
  const { store, agentId } = helper;
  const keys = await store.loadHistoryKeys();
  if (keys === undefined) throw new Error('There are no keys.');
  const { environment } = world.world;
  const reading = (row: GroupRow) => {
    const changed = { ...store, groupRow: async () => row, groupRows: async () => [row], groupKey: store.groupKey };
    const history = { keepStep: () => Promise.reject(new TypeError(`${agentId} writes nothing here.`)) };
    return new SealedRows({ agentId, store: changed, keys, environment, history }).read(row.group, row.part);
  };
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

test('an agent with one damaged row of any kind opens all the same', { timeout: 600_000 }, async () => {
  const kinds = [...new Map(rows.map((row) => [kindOf(row), row])).values()];
  expect(kinds.map(kindOf)).toEqual(expect.arrayContaining(['any standing/', 'group member', 'group head/']));
  const broken: string[] = [];
  for (const row of kinds) {
    const store = await damagedStore(helper.store, row);
    try {
      const opened = await world.during(world.open('helper', { store }));
      opened.agent.groups.list();
      await world.close(opened);
    } catch (cause) {
      if (!(cause instanceof ParleyError)) throw cause;
      broken.push(`${kindOf(row)}: ${cause.code}`);
    }
  }
  expect(broken).toEqual([]);
});

/** A store with one row that somebody has changed on disk. */
async function damagedStore(kept: AgentStore, row: GroupRow): Promise<AgentStore> {
  const damaged = { ...row, ciphertext: mutatedBytes(row.ciphertext, chance) };
  const isIt = (other: Pick<GroupRow, 'group' | 'part'>) => other.group === row.group && other.part === row.part;
  let isThere = true;
  return {
    ...kept,
    groupRow: async (group, part) => (isThere && isIt({ group, part }) ? damaged : kept.groupRow(group, part)),
    groupRows: async (...given) =>
      (await kept.groupRows(...given)).map((one) => (isThere && isIt(one) ? damaged : one)),
    commit: async (change) => {
      await kept.commit(change);
      if (change.groups?.some(({ put }) => put.some(isIt)) === true) isThere = false;
    },
  };
}
