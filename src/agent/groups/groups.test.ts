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
}, 120_000);

test('two agents create a group, invite, accept, and both see what is said', async () => {
  const groupId = await trip(helper);
  await say(traveller, groupId, 'Where do we go?');
  await world.passing(() => heard(helper, groupId, 'Where do we go?'));
  await say(helper, groupId, 'To Venice.');
  await world.passing(() => heard(traveller, groupId, 'To Venice.'));
  await world.passing(() => isStored(traveller, groupId) && isStored(helper, groupId));
});

test('what was said while an agent was closed is read when it comes back, and what waits goes out', async () => {
  const groupId = await trip(helper);
  await world.close(helper);
  await say(traveller, groupId, 'one');
  await say(traveller, groupId, 'two');
  await world.passing(() => isStored(traveller, groupId));
  await world.close(traveller);
  helper = await world.open('helper');
  await world.passing(() => heard(helper, groupId, 'two'));
  await say(helper, groupId, 'three');
  await world.close(helper);
  helper = await world.open('helper');
  traveller = await world.open('traveller');
  await world.passing(() => heard(traveller, groupId, 'three'));
  const order = exchangesIn(helper, groupId).flatMap(({ direction, parameters }) =>
    direction === 'incoming' ? [parameters] : [],
  );
  expect(order).toEqual(['one', 'two']);
});

test('commits of two at once: both come about, in one order for all', async () => {
  const groupId = await trip(helper);
  await world.during(traveller.agent.groups.setAdmins(groupId, [helper.agentId, traveller.agentId].sort()));
  await world.passing(() => (groupOf(helper, groupId)?.isAdmin === true ? true : undefined));
  const both = [traveller.agent.groups.rename(groupId, 'Rome'), helper.agent.groups.invite(groupId, [guide.agentId])];
  await world.during(Promise.all(both));
  await join(guide, groupId);
  await world.passing(() => {
    const views = [traveller, helper, guide].map((one) => groupOf(one, groupId));
    const isSame = views.every((view) => view?.epoch === views[0]?.epoch && view?.name === 'Rome');
    return isSame && views[0]?.members.length === 3 ? true : undefined;
  });
});

test('a creation that is cancelled before it is stored leaves no group, and invites nobody', async () => {
  const { groups } = traveller.agent;
  const before = groups.list().length;
  const creating = groups.create({ name: 'Never', invite: [helper.agentId] }, 'creation 1');
  const refused = expect(creating).rejects.toMatchObject({ code: 'cancelled' });
  await groups.cancelCreation('creation 1');
  await world.during(refused);
  await groups.cancelCreation('creation 1');
  expect(groups.list()).toHaveLength(before);
});

test('who is removed reads nothing more, and who leaves is gone once another commits it', async () => {
  const groupId = await trip(helper, guide);
  await world.during(traveller.agent.groups.remove(groupId, [guide.agentId]));
  await world.passing(() => (groupOf(guide, groupId)?.status === 'removed' ? true : undefined));
  await say(traveller, groupId, 'only for two');
  await world.passing(() => heard(helper, groupId, 'only for two'));
  expect(exchangesIn(guide, groupId)).toEqual([]);
  await world.during(helper.agent.groups.leave(groupId));
  await world.passing(() => (groupOf(helper, groupId)?.status === 'left' ? true : undefined));
  await world.passing(() => (groupOf(traveller, groupId)?.members.length === 1 ? true : undefined));
  expect(groupOf(traveller, groupId)?.members.map(({ agentId }) => agentId)).toEqual([traveller.agentId]);
  const events = await traveller.agent.groups.events(groupId);
  expect(events.map(({ what }) => what.kind)).toEqual(['created', 'added', 'removed', 'asked_to_leave', 'left']);
  await world.during(helper.agent.groups.forget(groupId));
  expect(groupOf(helper, groupId)).toBeUndefined();
});

test('a member that is revoked is removed, and nobody sends before that', async () => {
  const spy = await world.open('spy');
  await world.ready(spy);
  const groupId = await trip(helper, spy);
  await world.world.revoke(spy.agentId);
  await traveller.agent.checkRevocations();
  await expect(world.during(say(traveller, groupId, 'secret'))).rejects.toThrow(/member_not_trusted/);
  await world.passing(() => (groupOf(traveller, groupId)?.members.length === 2 ? true : undefined));
  await say(traveller, groupId, 'secret');
  await world.passing(() => heard(helper, groupId, 'secret'));
  expect(heard(spy, groupId, 'secret')).toBeUndefined();
});

test('an agent whose state is gone asks to be taken in again, and talks on', async () => {
  const groupId = await trip(helper);
  await world.close(helper);
  await helper.store.commit({
    exchanges: [],
    audit: [],
    groups: [{ put: [], drop: [{ group: groupId, part: 'epoch' }] }],
  });
  helper = await world.open('helper');
  expect(groupOf(helper, groupId)?.status).toBe('stranded');
  await world.passing(() => (groupOf(helper, groupId)?.status === 'member' ? true : undefined));
  await say(helper, groupId, 'back again');
  await world.passing(() => heard(traveller, groupId, 'back again'));
  expect((await traveller.agent.groups.events(groupId)).map(({ what }) => what.kind)).toEqual([
    'created',
    'added',
    'rejoined',
  ]);
});

async function trip(...others: readonly Resident[]): Promise<string> {
  const invite = others.map(({ agentId }) => agentId);
  const made = await world.during(traveller.agent.groups.create({ name: 'Trip', invite }));
  expect(made).toMatchObject({ name: 'Trip', status: 'member', isAdmin: true });
  for (const other of others) await join(other, made.groupId);
  return made.groupId;
}

async function join({ agent }: Resident, groupId: string): Promise<void> {
  await world.passing(() => agent.groups.invitations().find((invitation) => invitation.groupId === groupId));
  await world.during(agent.groups.accept(groupId));
}

function say({ agent }: Resident, groupId: string, content: string) {
  return world.during(agent.groups.say({ groupId, content }));
}

function groupOf({ agent }: Resident, groupId: string) {
  return agent.groups.list().find((group) => group.groupId === groupId);
}

function exchangesIn({ agent }: Resident, groupId: string) {
  return agent.snapshot().exchanges.filter(({ peerId }) => peerId === `#${groupId}`);
}

function heard(resident: Resident, groupId: string, content: string) {
  return exchangesIn(resident, groupId).find(
    ({ parameters, direction }) => parameters === content && direction === 'incoming',
  );
}

function isStored(resident: Resident, groupId: string): true | undefined {
  const isSending = exchangesIn(resident, groupId).some(
    ({ direction, group }) => direction === 'outgoing' && group?.delivery === 'sending',
  );
  return isSending ? undefined : true;
}
