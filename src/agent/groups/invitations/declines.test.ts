import { expect, test } from 'vitest';
import { type ErrorCode, ParleyError } from '../../../protocol/errors.ts';
import { TestClock } from '../../testing/clock.ts';
import { until } from '../../testing/until.ts';
import { GroupWorld } from '../testing/group-world.ts';
import { memoryRows } from '../testing/memory-rows.ts';
import { Declines } from './declines.ts';

const inviter = 'traveller_agent_001';
const groupOf = (number: number) => number.toString(16).padStart(32, '0');

/** Declines over rows, on a clock, whose inviter answers with `code` while there is one. */
function open(rows = memoryRows()) {
  const clock = new TestClock(1_790_000_000_000);
  const told: string[] = [];
  const inviters: { code: ErrorCode | undefined } = { code: 'peer_unreachable' };
  const groupDecline = async (_: string, groupId: string) => {
    told.push(groupId);
    if (inviters.code !== undefined) throw new ParleyError(inviters.code, 'No.');
  };
  const declines = new Declines({ rows, methods: { groupDecline }, scheduler: clock, now: clock.now });
  const kept = async () => {
    const parts: string[] = [];
    for await (const { part } of rows.all('', 'decline/')) parts.push(part);
    return parts;
  };
  const waits = () => until(() => (clock.waiting > 0 ? true : undefined), 'it is not told again');
  return { declines, rows, clock, told, inviters, kept, waits };
}

test('an inviter that is away is told again, ever more rarely, until it has heard it', async () => {
  const { declines, clock, told, inviters, kept, waits } = open();
  await declines.add(groupOf(1), inviter);
  for (const [times, ms] of [
    [1, 60_000],
    [2, 120_000],
    [3, 240_000],
  ] as const) {
    await waits();
    expect(told).toHaveLength(times);
    clock.advance(ms - 1);
    expect(told).toHaveLength(times);
    clock.advance(1);
  }
  await waits();
  inviters.code = undefined;
  clock.advance(480_000);
  await until(() => (told.length === 5 ? true : undefined), 'it was not told');
  await gone(kept);
  expect(clock.waiting).toBe(0);
});

test('one that waits is told after a restart; not once a week has passed, the inviter knows no such group, or has invited again', async () => {
  const { declines, rows, waits } = open();
  for (const number of [1, 2]) await declines.add(groupOf(number), inviter);
  await waits();
  declines.stop();
  const again = open(rows);
  await again.declines.load();
  await again.declines.end(groupOf(2));
  again.inviters.code = 'unknown_group';
  again.declines.start();
  await until(() => (again.told.length > 0 ? true : undefined), 'it was not told');
  expect(again.told).toEqual([groupOf(1)]);
  await gone(again.kept);
  await again.declines.add(groupOf(3), inviter);
  const late = open(again.rows);
  late.clock.advance(7 * 86_400_000);
  await late.declines.load();
  late.declines.start();
  expect(late.told).toEqual([]);
});

test('32 wait at most: the oldest goes', async () => {
  const { declines, kept } = open();
  for (let number = 0; number < 40; number++) await declines.add(groupOf(number), inviter);
  expect(await kept()).toEqual(Array.from({ length: 32 }, (_, number) => `decline/${groupOf(number + 8)}`));
  declines.stop();
});

test('who does not want to come is removed by its inviter, though that was away and the invited one restarted meanwhile', async () => {
  const world = await GroupWorld.create();
  let traveller = await world.open('traveller');
  let helper = await world.open('helper');
  await world.ready(traveller, helper);
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite: [helper.agentId] }));
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.close(traveller);
  await world.during(helper.agent.groups.decline(groupId));
  await world.close(helper);
  helper = await world.open('helper');
  expect(helper.agent.groups.invitations()).toEqual([]);
  traveller = await world.open('traveller');
  await world.passing(() => {
    const members = traveller.agent.groups.list()[0]?.members.map(({ agentId }) => agentId);
    return members?.length === 1 ? true : undefined;
  });
}, 120_000);

/** Resolves once nothing is kept. */
async function gone(kept: () => Promise<readonly string[]>): Promise<void> {
  let isGone: true | undefined;
  await until(() => {
    void kept().then((parts) => {
      isGone = parts.length === 0 ? true : undefined;
    });
    return isGone;
  }, 'a decline that is over is kept');
}
