import { beforeAll, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId = '';
/** By how much the helper's clock goes behind. */
let behind = 0;
/** True while the helper reaches no Controller. */
let isAlone = false;

beforeAll(async () => {
  world = await GroupWorld.create();
  const { network, environment, clock } = world.world;
  traveller = await world.open('traveller');
  helper = await world.open('helper', {
    environment: { ...environment, now: () => clock.now() - behind },
    transport: {
      kind: 'network',
      network: {
        ...network,
        send: (request, deadlineMs) =>
          isAlone && new URL(request.url).pathname.startsWith('/controller/')
            ? Promise.reject(new ParleyError('network_unavailable', 'There is no network.'))
            : network.send(request, deadlineMs),
      },
    },
  });
  await world.ready(traveller, helper);
  const invite = [helper.agentId];
  ({ groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite })));
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(groupId));
  await talk('hello');
}, 300_000);

const view = ({ agent }: Resident) => agent.groups.list().find((group) => group.groupId === groupId);
const say = ({ agent }: Resident, content: string) => world.during(agent.groups.say({ groupId, content }));
const heard = ({ agent }: Resident, content: string) =>
  agent.snapshot().exchanges.find(({ parameters, direction }) => parameters === content && direction === 'incoming');

async function talk(content: string): Promise<void> {
  await say(traveller, `${content} 1`);
  await world.passing(() => heard(helper, `${content} 1`));
  await say(helper, `${content} 2`);
  await world.passing(() => heard(traveller, `${content} 2`));
}

test.each([
  ['an hour', hour],
  ['a day', day],
])('a clock that is set back by %s makes no wait of a group longer', async (name, ms) => {
  // Whether the traveller is trusted cannot be asked once the list is too old: its message waits for ten minutes.
  isAlone = true;
  world.world.clock.sleep(4 * day);
  await world.passing(() => view(traveller)?.blocked === undefined || undefined);
  await say(traveller, `apart, ${name}`);
  await world.passing(() => view(helper)?.waiting?.code === 'revocation_status_unknown' || undefined);
  behind = ms;
  for (let passed = 0; passed < 12; passed++) {
    world.world.clock.advance(minute);
    await world.during(helper.agent.groups.catchUp());
  }
  expect(heard(helper, `apart, ${name}`)?.group?.apart).toBe('not_trusted');
  // A list that begins later than now is none: trust comes back with the time.
  [isAlone, behind] = [false, 0];
  void helper.agent.groups.catchUp();
  await world.passing(() => view(helper)?.blocked === undefined || undefined);
  // Commits, their retries and what waits for them go on.
  await world.during(traveller.agent.groups.rename(groupId, name));
  await world.passing(() => view(helper)?.name === name || undefined);
  await talk(name);
});
