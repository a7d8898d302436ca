import { beforeAll, expect, test } from 'vitest';
import type { Network } from '../../contracts/ports.ts';
import { backedUp } from '../testing/backed-up-store.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
const one: Resident[] = [];
const other: Resident[] = [];
const both = backedUp();
let isForked = false;

beforeAll(async () => {
  world = await GroupWorld.create({}, both.store);
  const half = world.serviceOver(both.copy);
  const network: Network = {
    ...world.world.network,
    send: (request, deadlineMs) =>
      isForked && new URL(request.url).pathname.startsWith('/delivery/')
        ? half.fetch(request)
        : world.world.network.send(request, deadlineMs),
  };
  for (const name of ['traveller', 'helper']) one.push(await world.open(name));
  for (const name of ['guide', 'spy']) other.push(await world.open(name, { transport: { kind: 'network', network } }));
  await world.ready(...one, ...other);
}, 300_000);

const view = ({ agent }: Resident, id: string) => agent.groups.list().find(({ groupId }) => groupId === id);
const ids = (residents: readonly Resident[]) => residents.map(({ agentId }) => agentId);

/** Makes a group with an admin in each half, and has all read the same. */
async function made(members: readonly Resident[], admins: readonly Resident[]): Promise<string> {
  const [maker, ...others] = members;
  if (maker === undefined) throw new TypeError('Somebody makes it.');
  const { groupId } = await world.during(maker.agent.groups.create({ name: 'Trip', invite: ids(others) }));
  for (const { agent } of others) {
    await world.passing(() => agent.groups.invitations().find((found) => found.groupId === groupId));
    await world.during(agent.groups.accept(groupId));
  }
  await world.during(maker.agent.groups.setAdmins(groupId, ids(admins).sort()));
  const next = () => new Set(members.map((member) => view(member, groupId)?.next));
  await world.passing(() => next().size === 1 || undefined);
  return groupId;
}

test('two commits with one `after`, shown to two halves, are told to members of both by themselves', async () => {
  const [traveller, helper] = one;
  const [guide, spy] = other;
  if (!traveller || !helper || !guide || !spy) throw new TypeError('There are four.');
  const four = await made([traveller, helper, guide, spy], [traveller, guide]);
  const three = await made([traveller, guide, spy], [traveller, guide]);
  // Everybody has asked everybody within the last minute: nobody is answered again before it is over.
  world.world.clock.advance(61_000);
  both.stop();
  isForked = true;
  for (const groupId of [four, three]) {
    await world.during(traveller.agent.groups.rename(groupId, 'Rome'));
    await world.during(guide.agent.groups.rename(groupId, 'Oslo'));
  }
  await world.passing(() => view(helper, four)?.name === 'Rome' || undefined);
  for (const groupId of [four, three]) await world.passing(() => view(spy, groupId)?.name === 'Oslo' || undefined);
  // Nobody of one half reads what the other says: a message between two of them is what finds it.
  await world.during(traveller.agent.send({ peerId: guide.agentId, method: 'ping', parameters: null }));
  for (let minutes = 0; minutes < 4; minutes++) {
    const soon = world.world.clock.now() + 8_000;
    await world.passing(() => world.world.clock.now() > soon || undefined);
    world.world.clock.advance(61_000);
  }
  for (const resident of [traveller, guide, helper, spy]) {
    await world.passing(() => view(resident, four)?.status === 'forked' || undefined);
  }
  for (const resident of [traveller, guide, spy]) {
    await world.passing(() => view(resident, three)?.status === 'forked' || undefined);
  }
  expect(view(traveller, four)?.fork?.differ.toSorted()).toEqual(ids([guide, spy]).sort());
  await expect(world.during(spy.agent.groups.say({ groupId: four, content: 'no' }))).rejects.toMatchObject({
    code: 'group_forked',
  });
  await world.during(traveller.agent.groups.goOnForked(four));
  await world.during(traveller.agent.groups.say({ groupId: four, content: 'We go on.' }));
  expect(view(traveller, four)?.status).toBe('member');
}, 300_000);
