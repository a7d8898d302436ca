import { beforeAll, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId = '';
/** True while nothing that the helper sends gets through. */
let isOffline = false;
/** True while no long timer of the helper runs: what it looks at then, something else has it look at. */
let isFrozen = false;
/** Milliseconds from which on a timer is a long one: a call that fails is repeated sooner. */
const longMs = 30_000;

beforeAll(async () => {
  world = await GroupWorld.create();
  const { network, clock } = world.world;
  traveller = await world.open('traveller');
  helper = await world.open('helper', {
    hasLine: false,
    transport: {
      kind: 'network',
      network: {
        ...network,
        send: (request, deadlineMs) =>
          isOffline
            ? Promise.reject(new ParleyError('network_unavailable', 'There is no network.'))
            : network.send(request, deadlineMs),
      },
    },
    scheduler: {
      after: (ms, task) =>
        clock.after(ms, () => {
          if (!isFrozen || ms < longMs) task();
        }),
    },
  });
  await world.ready(traveller, helper);
  const invite = [helper.agentId];
  ({ groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite })));
  await world.during(helper.agent.groups.catchUp());
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(groupId));
  await say(helper, 'hello');
  await world.passing(() => heard(traveller, 'hello'));
}, 300_000);

const view = () => helper.agent.groups.list().find((group) => group.groupId === groupId);
const say = ({ agent }: Resident, content: string) => world.during(agent.groups.say({ groupId, content }));
const heard = ({ agent }: Resident, content: string) =>
  agent.snapshot().exchanges.find(({ parameters, direction }) => parameters === content && direction === 'incoming');

test('the network’s return has groups read and send at once, without a timer or a notice', async () => {
  isOffline = true;
  await say(helper, 'held');
  await world.passing(() => (view()?.waiting === undefined ? undefined : true));
  // It looks ever more rarely.
  for (let looked = 0; looked < 7; looked++) await world.during(helper.agent.groups.catchUp());
  isFrozen = true;
  await say(traveller, 'news');
  expect([heard(traveller, 'held'), heard(helper, 'news')]).toEqual([undefined, undefined]);
  isOffline = false;
  helper.hosted.networkIsBack();
  await world.passing(() => heard(traveller, 'held'));
  await world.passing(() => heard(helper, 'news'));
  await world.passing(() => view()?.waiting === undefined || undefined);
});
