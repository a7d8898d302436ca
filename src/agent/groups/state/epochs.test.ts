import { expect, test } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';
import { keptEpochs } from './epochs.ts';

test('an epoch is told with each commit and kept, the same for all that read it', async () => {
  const world = await GroupWorld.create();
  const traveller = await world.open('traveller');
  const helper = await world.open('helper');
  await world.ready(traveller, helper);
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite: [helper.agentId] }));
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(groupId));
  await world.during(traveller.agent.groups.rename(groupId, 'Journey'));
  await world.passing(() => helper.agent.groups.list().find(({ epoch }) => epoch === 2));
  const both = [traveller.agentId, helper.agentId].sort();
  await world.during(traveller.agent.groups.setAdmins(groupId, both));
  await world.passing(() => helper.agent.groups.list().find(({ epoch }) => epoch === 3));

  const own = await world.during(traveller.agent.groups.epochs(groupId));
  const joined = await world.during(helper.agent.groups.epochs(groupId));
  expect(own.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(joined.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  for (const { events, views } of [
    { events: traveller.events, views: own },
    { events: helper.events, views: joined },
  ]) {
    expect(events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []))).toEqual(views);
  }

  const [began, renamed, appointed] = own;
  expect(began).toMatchObject({ groupId, by: traveller.agentId, added: [helper.agentId], removed: [], leafCount: 2 });
  expect(joined[0]).toMatchObject({ by: traveller.agentId, added: [helper.agentId], path: [] });
  // Traveller's leaf is node 0 and Helper's node 2: the root's secret was encrypted for Helper's leaf.
  expect(renamed).toMatchObject({ epoch: 2, added: [], renamed: 'Journey', path: [{ node: 1, encryptedTo: [2] }] });
  expect(began).not.toHaveProperty('renamed');
  expect(appointed?.admins?.toSorted()).toEqual(both);
  expect(appointed).not.toHaveProperty('renamed');
  expect(renamed?.nodes.map(({ member, isKnown, sinceEpoch }) => [member, isKnown, sinceEpoch])).toEqual([
    [traveller.agentId, true, 2],
    [undefined, true, 2],
    [helper.agentId, false, 1],
  ]);
  expect(joined[1]?.nodes.map(({ member, isKnown, sinceEpoch }) => [member, isKnown, sinceEpoch])).toEqual([
    [traveller.agentId, false, 2],
    [undefined, true, 2],
    [helper.agentId, true, undefined],
  ]);
  expect(joined[1]?.schedule).toEqual(renamed?.schedule);
  expect(renamed?.schedule.find(({ name }) => name === 'joiner_secret')?.fingerprint).toMatch(/^[0-9a-f]{16}$/);

  // What is stored holds, and of it nothing but fingerprints: no value is longer than 16 hex digits.
  await world.close(traveller);
  const again = await world.open('traveller');
  expect(await world.during(again.agent.groups.epochs(groupId))).toEqual(own);
  expect(JSON.stringify(own).replaceAll(groupId, '')).not.toMatch(/[0-9a-f]{17}/);
});

test('an epoch that an earlier version stored is read, and has no word for what that version did not store', async () => {
  const stored = {
    version: 1,
    ...{ epoch: 1, by: 'ann', at: 5, index: 0, added: ['bea'], removed: [], path: [], schedule: [] },
    members: [
      ['ann', 0],
      ['bea', 1],
    ],
    nodes: [['aa', 1, 1, []], 0, ['bb', 0, 1, []]],
  };
  const bytes = new TextEncoder().encode(JSON.stringify(stored));
  const rows = {
    all: async function* () {
      yield { group: 'g', part: 'shown/0000000001', bytes };
    },
  };
  const [view] = await keptEpochs(rows, 'g');
  expect(view).toMatchObject({ groupId: 'g', epoch: 1, by: 'ann', added: ['bea'], leafCount: 2 });
  for (const member of ['left', 'rejoined', 'renamed', 'admins']) expect(view).not.toHaveProperty(member);
});
