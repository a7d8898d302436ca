import { beforeAll, expect, test } from 'vitest';
import { GroupWorld, type Resident } from '../testing/group-world.ts';
import { twoMembers } from '../testing/two-members.ts';
import { Unlisting } from '../testing/unlisting.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId = '';
let unlisting: Unlisting;

beforeAll(async () => {
  world = await GroupWorld.create();
  unlisting = new Unlisting(world.world.network);
  const transport = { kind: 'network', network: unlisting } as const;
  ({ traveller, helper, groupId } = await twoMembers(world, { transport }));
  await world.during(helper.agent.groups.say({ groupId, content: 'one' }));
  await world.passing(() => heard('one'));
}, 300_000);

const view = () => helper.agent.groups.list().find((group) => group.groupId === groupId);
const heard = (content: string) =>
  traveller.agent.snapshot().exchanges.find(({ parameters }) => parameters === content);
const isSo = (status: string) => view()?.status === status || undefined;

/** Has the service not count the helper as a member, which looks at once. */
async function unlist(): Promise<void> {
  unlisting.isOn = true;
  void helper.agent.groups.catchUp();
  await world.passing(() => view()?.waiting?.code === 'unknown_group' || undefined);
}

test('a member that the service does not count any more is told after a minute, and goes on when it is counted again', async () => {
  await unlist();
  expect(view()?.status).toBe('member');
  await world.during(helper.agent.groups.say({ groupId, content: 'held' }));
  world.world.clock.advance(60_000);
  await world.passing(() => isSo('stranded'));
  expect(view()?.blocked).toMatchObject({
    code: 'group_stranded',
    detail: expect.stringMatching(/not count this agent/),
  });
  unlisting.isOn = false;
  await world.during(helper.agent.groups.catchUp());
  await world.passing(() => isSo('member'));
  // What was held meanwhile goes out, without a restart.
  await world.passing(() => heard('held'));
});

test('its owner can leave at once when nobody can take it in', async () => {
  await world.close(traveller);
  await unlist();
  await world.during(helper.agent.groups.say({ groupId, content: 'lost' }));
  world.world.clock.advance(60_000);
  await world.passing(() => isSo('stranded'));
  await world.during(helper.agent.groups.leave(groupId));
  expect(view()?.status).toBe('left');
  const lost = helper.agent.snapshot().exchanges.find(({ parameters }) => parameters === 'lost');
  expect(lost).toMatchObject({ status: 'failed', error: { code: 'unknown_group' } });
  await world.during(helper.agent.groups.forget(groupId));
  expect(view()).toBeUndefined();
});
