import { beforeAll, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupView } from '../../contracts/group-views.ts';
import type { GroupsApi } from '../../contracts/groups-api.ts';
import type { Network } from '../../contracts/ports.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let guide: Resident;
let spy: Resident;
let groupId = '';
/** True while the service takes no entries of the traveller. */
let isBusy = false;

beforeAll(async () => {
  world = await GroupWorld.create();
  [traveller, helper, guide, spy] = [
    await openTraveller(),
    await world.open('helper'),
    await world.open('guide'),
    await world.open('spy'),
  ];
  await world.ready(helper, guide, spy);
  const invite = [helper.agentId, guide.agentId];
  ({ groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite })));
  for (const { agent } of [helper, guide]) {
    await world.passing(() => agent.groups.invitations()[0]);
    await world.during(agent.groups.accept(groupId));
  }
  await world.during(traveller.agent.groups.setAdmins(groupId, [traveller.agentId, helper.agentId]));
  await world.passing(() => view(helper)?.isAdmin || undefined);
}, 300_000);

const view = ({ agent }: Resident) => agent.groups.list().find((group) => group.groupId === groupId);
const names = ({ members }: GroupView) => members.map(({ agentId }) => agentId);
const admins = ({ members }: GroupView) => members.filter(({ isAdmin }) => isAdmin).map(({ agentId }) => agentId);

const wishes: readonly (readonly [string, (groups: GroupsApi) => Promise<unknown>, (group: GroupView) => boolean])[] = [
  ['another name', (groups) => groups.rename(groupId, 'Rome'), ({ name }) => name === 'Rome'],
  ['another member', (groups) => groups.invite(groupId, [spy.agentId]), (group) => names(group).includes(spy.agentId)],
  ['a member less', (groups) => groups.remove(groupId, [spy.agentId]), (group) => !names(group).includes(spy.agentId)],
  [
    'another admin',
    (groups) => groups.setAdmins(groupId, [traveller.agentId, helper.agentId, guide.agentId]),
    (group) => admins(group).includes(guide.agentId),
  ],
];

test.each(wishes)(
  '%s comes about after a restart, though the commit for it lost to another',
  async (_, wish, isDone) => {
    await stored(wish);
    await world.close(traveller);
    const name = `Others ${view(helper)?.epoch}`;
    await world.during(helper.agent.groups.rename(groupId, name));
    isBusy = false;
    traveller = await openTraveller();
    await world.passing(() => [traveller, helper].every((one) => isSo(one, isDone)) || undefined);
    expect(await traveller.store.groupRow(groupId, 'wish')).toBeUndefined();
  },
);

test('what was promised comes about without a restart too', async () => {
  await stored((groups) => groups.rename(groupId, 'Paris'));
  await world.during(helper.agent.groups.rename(groupId, 'Oslo'));
  await world.passing(() => isSo(traveller, ({ name }) => name === 'Oslo') || undefined);
  isBusy = false;
  await world.passing(() => isSo(helper, ({ name }) => name === 'Paris') || undefined);
});

test('what makes no sense any more is not made again', async () => {
  await stored((groups) => groups.rename(groupId, 'Lima'));
  await world.close(traveller);
  await world.during(helper.agent.groups.setAdmins(groupId, [helper.agentId]));
  isBusy = false;
  traveller = await openTraveller();
  await world.during(traveller.agent.groups.say({ groupId, content: 'back' }));
  const heard = () => helper.agent.snapshot().exchanges.find(({ parameters }) => parameters === 'back');
  await world.passing(heard);
  expect(view(helper)?.name).toBe('Paris');
  expect(await traveller.store.groupRow(groupId, 'wish')).toBeUndefined();
});

/** Opens the traveller, whose entries the service may take or not. */
function openTraveller(): Promise<Resident> {
  const { network } = world.world;
  const send: Network['send'] = async (request, deadlineMs) =>
    isBusy && request.method === 'POST' && request.url.endsWith('/entries')
      ? busy()
      : network.send(request, deadlineMs);
  return world.open('traveller', { transport: { kind: 'network', network: { ...network, send } } });
}

/** Has the traveller wish for something that cannot be at the moment. */
async function stored(wish: (groups: GroupsApi) => Promise<unknown>): Promise<void> {
  isBusy = true;
  const told = expect.stringMatching(/comes about once/);
  await expect(world.during(wish(traveller.agent.groups))).rejects.toMatchObject({ detail: told });
}

function isSo(who: Resident, isDone: (group: GroupView) => boolean): boolean {
  const group = view(who);
  return group !== undefined && isDone(group);
}

function busy(): Response {
  const { code, detail } = new ParleyError('unavailable', 'The service is busy.');
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json({ type: 'about:blank', title: detail, status: 503, code, detail }, { status: 503, headers });
}
