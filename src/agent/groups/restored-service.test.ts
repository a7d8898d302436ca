import { beforeAll, expect, test } from 'vitest';
import { backedUp } from './testing/backed-up-store.ts';
import { GroupWorld, type Resident } from './testing/group-world.ts';

const [second] = [backedUp()];
const first = backedUp(second.store);
let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let guide: Resident;
let groupId = '';

beforeAll(async () => {
  world = await GroupWorld.create({}, first.store);
  traveller = await world.open('traveller');
  helper = await world.open('helper');
  guide = await world.open('guide');
  await world.ready(traveller, helper, guide);
  const invite = [helper.agentId, guide.agentId];
  ({ groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite })));
  for (const one of [helper, guide]) await join(one, groupId);
  await say(traveller, 'before');
  for (const one of [helper, guide]) await world.passing(() => heard(one, 'before'));
  await world.passing(allAgree);
}, 300_000);

const view = ({ agent }: Resident, id = groupId) => agent.groups.list().find((group) => group.groupId === id);
const say = ({ agent }: Resident, content: string, id = groupId) =>
  world.during(agent.groups.say({ groupId: id, content }));
const heard = ({ agent }: Resident, content: string) =>
  agent.snapshot().exchanges.find(({ parameters, direction }) => parameters === content && direction === 'incoming');
const isSo = (who: Resident, status: string) => view(who)?.status === status || undefined;
const allAgree = () => new Set([traveller, helper, guide].map((one) => view(one)?.next)).size === 1 || undefined;

async function join({ agent }: Resident, id: string): Promise<void> {
  await world.passing(() => agent.groups.invitations().find((one) => one.groupId === id));
  await world.during(agent.groups.accept(id));
}

test('who had read no more than a restored backup goes on, and takes the others in again', async () => {
  await world.close(traveller);
  first.stop();
  await say(helper, 'after');
  await world.passing(() => heard(guide, 'after'));
  world.restore(first.copy);
  for (const one of [helper, guide]) {
    await world.passing(() => isSo(one, 'stranded'));
    const blocked = {
      code: 'group_stranded',
      detail: expect.stringMatching(/older backup.* lacks the newest 1 entries/),
    };
    expect(view(one)).toMatchObject({ blocked });
  }
  traveller = await world.open('traveller');
  for (const one of [helper, guide]) await world.passing(() => isSo(one, 'member'));
  await say(helper, 'back');
  for (const one of [traveller, guide]) await world.passing(() => heard(one, 'back'));
  expect(heard(guide, 'after')).toBeDefined();
  expect(view(helper)?.blocked).toBeUndefined();
}, 300_000);

test('when all had read more, they are told that nobody can take them in, and one action starts the group anew', async () => {
  await world.passing(allAgree);
  second.stop();
  await say(helper, 'lost');
  for (const one of [traveller, guide]) await world.passing(() => heard(one, 'lost'));
  world.restore(second.copy);
  for (const one of [traveller, helper, guide]) await world.passing(() => isSo(one, 'stranded'));
  for (const one of [traveller, helper, guide]) {
    await world.passing(() => view(one)?.blocked?.detail.includes('start the group anew') || undefined);
  }
  const { group, notInvited } = await world.during(traveller.agent.groups.startAnew(groupId));
  expect(group).toMatchObject({ name: 'Trip', status: 'member', isAdmin: true });
  expect(notInvited).toEqual([]);
  for (const one of [helper, guide]) await join(one, group.groupId);
  await say(helper, 'anew', group.groupId);
  for (const one of [traveller, guide]) await world.passing(() => heard(one, 'anew'));
  expect(view(traveller)?.status).toBe('left');
  const { exchanges } = await traveller.agent.historyService.history.page(`#${groupId}`, undefined, 50);
  expect(exchanges.map(({ parameters }) => parameters)).toContain('lost');
  await expect(world.during(traveller.agent.groups.startAnew(groupId))).rejects.toMatchObject({
    code: 'not_permitted',
  });
  // Who does not wait for anybody leaves the old one at once.
  await world.during(helper.agent.groups.leave(groupId));
  expect(view(helper)?.status).toBe('left');
  await world.during(helper.agent.groups.forget(groupId));
  expect(view(helper)).toBeUndefined();
}, 300_000);
