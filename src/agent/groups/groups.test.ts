import { beforeAll, expect, test } from 'vitest';
import { GroupWorld, type Resident } from './testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;

beforeAll(async () => {
  world = await GroupWorld.create();
  traveller = await world.open('traveller');
  helper = await world.open('helper');
  await world.ready(traveller, helper);
}, 120_000);

test('two agents create a group, invite, accept, and both see what is said', async () => {
  const made = await world.during(traveller.agent.groups.create({ name: 'Trip', invite: [helper.agentId] }));
  expect(made).toMatchObject({ name: 'Trip', status: 'member', epoch: 1, isAdmin: true });
  const [invitation] = await world.passing(() => {
    const found = helper.agent.groups.invitations();
    return found.length > 0 ? found : undefined;
  });
  expect(invitation).toMatchObject({ groupId: made.groupId, name: 'Trip', inviter: traveller.agentId });
  const joined = await world.during(helper.agent.groups.accept(made.groupId));
  expect(joined.members.map(({ agentId }) => agentId)).toEqual([traveller.agentId, helper.agentId]);

  await world.during(traveller.agent.groups.say({ groupId: made.groupId, content: 'Where do we go?' }));
  await world.passing(() => said(helper, 'Where do we go?'));
  await world.during(helper.agent.groups.say({ groupId: made.groupId, content: 'To Venice.' }));
  await world.passing(() => said(traveller, 'To Venice.'));
  await world.passing(() => (stored(traveller) && stored(helper) ? true : undefined));
});

function said({ agent }: Resident, content: string) {
  return agent
    .snapshot()
    .exchanges.find(({ parameters, direction }) => parameters === content && direction === 'incoming');
}

function stored({ agent }: Resident): boolean {
  return agent
    .snapshot()
    .exchanges.every(({ direction, group }) => direction === 'incoming' || group?.delivery !== 'sending');
}
