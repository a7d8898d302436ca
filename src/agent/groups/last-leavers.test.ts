import { beforeAll, expect, test } from 'vitest';
import { GroupWorld, type Resident } from './testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let guide: Resident;

beforeAll(async () => {
  world = await GroupWorld.create();
  traveller = await world.open('traveller');
  helper = await world.open('helper');
  guide = await world.open('guide');
  await world.ready(traveller, helper, guide);
}, 300_000);

const view = ({ agent }: Resident, groupId: string) => agent.groups.list().find((group) => group.groupId === groupId);
const isSo = (who: Resident, groupId: string, status: string) => view(who, groupId)?.status === status || undefined;

async function trip(...invited: readonly Resident[]): Promise<string> {
  const invite = invited.map(({ agentId }) => agentId);
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite }));
  for (const { agent } of invited) {
    await world.passing(() => agent.groups.invitations().find((one) => one.groupId === groupId));
    await world.during(agent.groups.accept(groupId));
  }
  for (const one of invited) {
    await world.passing(() => view(one, groupId)?.members.length === invited.length + 1 || undefined);
  }
  return groupId;
}

test('the only member of a group leaves it at once, and forgets it', async () => {
  const groupId = await trip();
  await world.during(traveller.agent.groups.leave(groupId));
  expect(view(traveller, groupId)?.status).toBe('left');
  await world.during(traveller.agent.groups.forget(groupId));
  expect(view(traveller, groupId)).toBeUndefined();
});

test('members that all ask to leave get out, whoever is last', async () => {
  const groupId = await trip(helper, guide);
  const all = [traveller, helper, guide];
  await world.during(Promise.all(all.map(({ agent }) => agent.groups.leave(groupId))));
  for (const one of all) await world.passing(() => isSo(one, groupId, 'left'));
  for (const { agent } of all) await world.during(agent.groups.forget(groupId));
  for (const one of all) expect(view(one, groupId)).toBeUndefined();
});

test('who leaves while only a leaver that is away is left takes that one out and is gone, and the other learns it', async () => {
  const groupId = await trip(helper);
  // Nobody is there to take it out.
  await world.close(helper);
  await world.during(traveller.agent.groups.leave(groupId));
  expect(view(traveller, groupId)?.status).toBe('leaving');
  await world.close(traveller);
  helper = await world.open('helper');
  await world.during(helper.agent.groups.leave(groupId));
  await world.passing(() => isSo(helper, groupId, 'left'));
  traveller = await world.open('traveller');
  await world.passing(() => isSo(traveller, groupId, 'left'));
}, 300_000);

test('who leaves while all others have expired takes them out and is gone', async () => {
  const groupId = await trip(guide);
  await world.close(guide);
  await world.during(traveller.agent.groups.leave(groupId));
  expect(view(traveller, groupId)?.status).toBe('leaving');
  // A day behind the end of the other's credential, which it does not come back to renew.
  world.world.clock.sleep(32 * 86_400_000);
  await world.passing(() => isSo(traveller, groupId, 'left'));
}, 300_000);
