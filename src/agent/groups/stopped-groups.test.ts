import { beforeAll, beforeEach, expect, test } from 'vitest';
import { gate } from '../testing/gate.ts';
import { until } from '../testing/until.ts';
import type { Tamper } from '../testing/world.ts';
import { GroupWorld, type Resident } from './testing/group-world.ts';
import { twoMembers } from './testing/two-members.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId: string;
let carry: Tamper;
const calls: string[] = [];

beforeAll(async () => {
  world = await GroupWorld.create();
  carry = world.world.tamper;
  ({ traveller, helper, groupId } = await twoMembers(world));
  await world.during(traveller.agent.groups.catchUp());
  // Its timers hang on the same clock.
  await world.close(helper);
}, 120_000);

beforeEach(() => {
  calls.length = 0;
});

/** Has appends wait on their way; `begun` opens with the first. */
function slowAppends(hears: 'hears' | 'does not hear') {
  const [begun, go] = [gate(), gate()];
  const signals: AbortSignal[] = [];
  world.world.tamper = async (request, next) => {
    calls.push(`${request.method} ${new URL(request.url).pathname.replace(groupId, 'group')}`);
    if (request.method !== 'POST' || !request.url.endsWith('/entries')) return carry(request, next);
    signals.push(request.signal);
    begun.open();
    await go.opened;
    if (hears === 'hears') return carry(request, next);
    return new Promise<Response>(() => undefined);
  };
  return { begun, go, signals };
}

const append = 'POST /delivery/groups/group/entries';

test('an agent that is stopped waits for an append under way, and leaves nothing at work', async () => {
  const { begun, go } = slowAppends('hears');
  await traveller.agent.groups.say({ groupId, content: 'one' });
  await begun.opened;
  let isOver = false;
  const stopping = traveller.agent.stop().then(() => {
    isOver = true;
  });
  await turns();
  expect(isOver).toBe(false);
  calls.length = 0;
  go.open();
  await stopping;
  // Nothing is read on, and no other token is asked for.
  expect(calls).toEqual(['POST /delivery/token/revoke']);
  expect(world.world.clock.waiting).toBe(0);
  await turns();
  expect(calls).toHaveLength(1);
});

test('a second start in the same process goes on, and what was appended is found, not sent again', async () => {
  slowAppends('hears').go.open();
  await traveller.agent.start();
  expect(await stored('one')).toMatchObject({ status: 'success', group: { delivery: 'stored' } });
  expect(calls.filter((call) => call === append)).toEqual([]);
});

test('an append that is not answered holds the end up for seconds alone, and is repeated at the next start', async () => {
  const { begun, go, signals } = slowAppends('does not hear');
  await traveller.agent.groups.say({ groupId, content: 'two' });
  await begun.opened;
  go.open();
  const before = world.world.clock.now();
  await world.during(traveller.agent.stop());
  expect(world.world.clock.now() - before).toBeLessThan(10_000);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(world.world.clock.waiting).toBe(0);
  world.world.tamper = carry;
  await traveller.agent.start();
  await stored('two');
  await world.close(traveller);
  helper = await world.open('helper');
  await world.passing(() => (heard().length === 2 ? true : undefined));
  expect(heard()).toEqual(['one', 'two']);
});

function stored(content: string) {
  return world.passing(() =>
    traveller.agent
      .snapshot()
      .exchanges.find(({ parameters, group }) => parameters === content && group?.delivery !== 'sending'),
  );
}

function heard(): readonly unknown[] {
  return helper.agent
    .snapshot()
    .exchanges.flatMap(({ direction, parameters, peerId }) =>
      direction === 'incoming' && peerId === `#${groupId}` ? [parameters] : [],
    );
}

/** Lets everything that can go on without time go on. */
async function turns(): Promise<void> {
  let left = 200;
  await until(() => (left-- === 0 ? true : undefined), 'turns of the event loop');
}
