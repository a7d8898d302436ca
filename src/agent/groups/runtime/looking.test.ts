import { expect, test } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';

test('an agent without a line hears by the stream, and its token ends with it', async () => {
  const world = await GroupWorld.create();
  const traveller = await world.open('traveller');
  const helper = await world.open('helper', world.streaming);
  await world.ready(traveller, helper);
  await world.passing(() => (world.streams.has(helper.agentId) ? true : undefined));
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite: [helper.agentId] }));
  const asked = countOfInbox(world);
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(groupId));
  await world.during(traveller.agent.groups.say({ groupId, content: 'Where?' }));
  await world.passing(() => helper.agent.snapshot().exchanges.find(({ parameters }) => parameters === 'Where?'));
  // What notices tell is looked up; nothing else is, for five minutes.
  expect(countOfInbox(world) - asked).toBeLessThan(20);
  await world.close(helper);
  const isRevoked = () => world.world.carried.some(({ url }) => new URL(url).pathname === '/delivery/token/revoke');
  await world.passing(() => (isRevoked() ? true : undefined));
  await world.passing(() => (world.streams.has(helper.agentId) ? undefined : true));
}, 120_000);

function countOfInbox({ world }: GroupWorld): number {
  return world.carried.filter(({ url }) => new URL(url).pathname === '/delivery/inbox').length;
}
