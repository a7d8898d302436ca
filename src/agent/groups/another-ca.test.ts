import { beforeAll, expect, test } from 'vitest';
import type { FetchApp } from '../../controller/controller.ts';
import type { Network } from '../contracts/ports.ts';
import { GroupWorld, type Resident } from './testing/group-world.ts';

const day = 86_400_000;
let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let guide: Resident;
let keeper: Resident;
let groupId = '';
/** A Controller at the same address with a CA of its own. */
let other: FetchApp;
/** True while helper and guide reach that one. */
let isOther = false;
let network: Network;

beforeAll(async () => {
  world = await GroupWorld.create();
  other = world.world.newController();
  network = {
    ...world.world.network,
    send: (request, deadlineMs) =>
      isOther && new URL(request.url).pathname.startsWith('/controller/')
        ? other.fetch(request)
        : world.world.network.send(request, deadlineMs),
  };
  traveller = await world.open('traveller');
  keeper = await world.open('keeper');
  helper = await openBehind('helper');
  guide = await openBehind('guide');
  await world.ready(traveller, keeper, helper, guide);
  const invite = [helper.agentId, guide.agentId];
  ({ groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite })));
  for (const one of [helper, guide]) await join(one);
  for (const one of [traveller, helper, guide]) await world.passing(() => view(one)?.members.length === 3 || undefined);
}, 300_000);

const openBehind = (name: string) => world.open(name, { transport: { kind: 'network', network } });
const view = ({ agent }: Resident) => agent.groups.list().find((group) => group.groupId === groupId);
const heard = ({ agent }: Resident, content: string) =>
  agent.snapshot().exchanges.find(({ parameters, direction }) => parameters === content && direction === 'incoming');
const say = ({ agent }: Resident, content: string) => world.during(agent.groups.say({ groupId, content }));

async function join({ agent }: Resident): Promise<void> {
  await world.passing(() => agent.groups.invitations().find((one) => one.groupId === groupId));
  await world.during(agent.groups.accept(groupId));
}

test('members that reach a Controller of another CA neither refuse what it denies, nor trust it, nor lose anything', async () => {
  await world.close(guide);
  isOther = true;
  // Its certificate is none that the helper has, and the other Controller has never issued it.
  await world.during(traveller.agent.groups.invite(groupId, [keeper.agentId]));
  await join(keeper);
  await say(keeper, 'I am new');
  await world.passing(() => heard(traveller, 'I am new'));
  void helper.agent.groups.catchUp();
  await world.passing(() => view(helper)?.waiting?.code === 'ca_changed' || undefined);
  // Long after the answer would be final, and after its own list of the pinned CA has ended.
  world.world.clock.sleep(2 * day);
  await world.passing(() => view(helper)?.waiting?.code === 'ca_changed' || undefined);
  expect(view(helper)).toMatchObject({ status: 'member', epoch: 1 });
  await say(helper, 'held');
  // Who was away does not start, and erases nothing.
  guide = await openBehind('guide');
  expect(guide.agent.snapshot().phase).toMatchObject({ phase: 'ca_changed' });
  await world.close(guide);

  isOther = false;
  guide = await openBehind('guide');
  void helper.agent.groups.catchUp();
  for (const one of [helper, guide]) await world.passing(() => heard(one, 'I am new'));
  for (const one of [traveller, guide, keeper]) await world.passing(() => heard(one, 'held'));
  for (const one of [traveller, helper, guide, keeper]) {
    await world.passing(() => {
      const { status, members = [] } = view(one) ?? {};
      return (
        (status === 'member' && members.length === 4 && members.every(({ trust }) => trust === 'trusted')) || undefined
      );
    });
  }
}, 300_000);
