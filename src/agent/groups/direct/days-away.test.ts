import { beforeAll, beforeEach, expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import { MethodRegistry } from '../../messages/methods.ts';
import { generateRsa } from '../../testing/world.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const count = 20;

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
const ran: unknown[] = [];
const methods = new MethodRegistry();
methods.register('work', (parameters) => {
  ran.push(parameters);
  return parameters;
});

beforeAll(async () => {
  world = await GroupWorld.create();
  traveller = await openTraveller();
  helper = await world.open('helper', { methods });
  await world.ready(traveller, helper);
  // Of one that the helper knows: what is left for it is read without a question.
  await world.during(traveller.agent.send({ peerId: helper.agentId, method: 'work', parameters: 'hello' }));
  const first = await leave([dayMs]);
  helper = await world.open('helper', { methods });
  await over(first);
}, 120_000);

beforeEach(() => {
  ran.length = 0;
});

/** The directory tells it who is away: nothing is tried over a session first. */
function openTraveller(): Promise<Resident> {
  const { network } = world.world;
  return world.open('traveller', { transport: { kind: 'network', network, isPresenceKnown: true } });
}

/** Leaves requests for the helper, which is closed, each for some milliseconds; gives them as they were stored. */
async function leave(expires: readonly number[]): Promise<readonly ExchangeView[]> {
  await world.close(helper);
  const { agent } = traveller;
  const peerId = helper.agentId;
  const sent = expires.map((ms, number) =>
    agent.send({ peerId, method: 'work', parameters: number, whenAway: 'store', expires: ms }),
  );
  const left = await world.during(Promise.all(sent));
  expect(left.every(({ group }) => group?.delivery === 'stored')).toBe(true);
  return left;
}

/** Lets time pass until nothing of these waits at the traveller; gives them as they are then. */
function over(left: readonly ExchangeView[]): Promise<readonly ExchangeView[]> {
  return world.passing(() => {
    const { exchanges } = traveller.agent.snapshot();
    const now = left.flatMap(({ requestId }) => exchanges.find((one) => one.requestId === requestId) ?? []);
    return now.length === left.length && now.every(({ status }) => status !== 'pending') ? now : undefined;
  });
}

test('of twenty messages the half that has expired is shown so on both sides, and the others are answered once and in order', async () => {
  const left = await leave(Array.from({ length: count }, (_, number) => (number % 2 === 0 ? 10 * dayMs : dayMs)));
  await world.close(traveller);
  world.world.clock.sleep(2 * dayMs);
  traveller = await openTraveller();
  await world.close(traveller);
  helper = await world.open('helper', { methods });
  traveller = await openTraveller();
  const asked = await over(left);
  const kinds = (exchanges: readonly ExchangeView[]) =>
    exchanges.map(({ status, error, result }) => error?.code ?? [status, result]);
  const expected = Array.from({ length: count }, (_, number) => (number % 2 === 0 ? ['success', number] : 'timed_out'));
  expect(kinds(asked)).toEqual(expected);
  const isOf = ({ requestId }: ExchangeView) => left.some((one) => requestId.startsWith(one.requestId));
  const came = helper.agent.snapshot().exchanges.filter((one) => one.direction === 'incoming' && isOf(one));
  expect(kinds(came)).toEqual(expected);
  expect(ran).toEqual(Array.from({ length: count / 2 }, (_, number) => 2 * number));
}, 120_000);

test.each([
  ['an hour ahead', hourMs],
  ['an hour behind', -hourMs],
  ['a day ahead', dayMs],
  ['a day behind', -dayMs],
])(
  'a receiver whose clock is %s loses nothing and answers nothing twice: it says that its clock is wrong',
  async (_, wrongMs) => {
    const left = await leave([hourMs / 2, 3 * dayMs]);
    const { clock, environment } = world.world;
    const now = () => clock.now() + wrongMs;
    helper = await world.open('helper', { methods, environment: { ...environment, now } });
    await world.passing(() => helper.agent.groups.list().find(({ waiting }) => waiting?.code === 'clock_wrong'));
    const { exchanges } = helper.agent.snapshot();
    const here = exchanges.filter(({ requestId }) => left.some((one) => requestId.startsWith(one.requestId)));
    expect(here).toEqual([]);
    expect(ran).toEqual([]);
    await world.close(helper);
    helper = await world.open('helper', { methods });
    expect((await over(left)).map(({ status, result }) => [status, result])).toEqual([
      ['success', 0],
      ['success', 1],
    ]);
    expect(ran).toEqual([0, 1]);
  },
  120_000,
);

test('a sender whose site data is gone meanwhile harms nobody, and a new one under its name is not taken for it', async () => {
  const left = await leave([3 * dayMs, 3 * dayMs]);
  const groupId = left[0]?.group?.groupId;
  await world.close(traveller);
  helper = await world.open('helper', { methods });
  await world.passing(() => (answersOf(left).length === left.length ? true : undefined));
  await world.world.deleteName(traveller.agentId);
  const other = await world.world.open(traveller.agentId, 'https://traveller.agents.test', {
    ...{ store: createMemoryAgentStore(), generateRsa, deliveryUrl: 'https://controller.test' },
  });
  await world.during(other.agent.groups.catchUp());
  // It holds the name, and no keys of the group that the one before it was in.
  expect(other.agent.groups.list()).toEqual([]);
  expect(other.agent.groups.invitations()).toEqual([]);
  expect(other.agent.snapshot().exchanges).toEqual([]);
  const ofOld = answersOf(left);
  await world.close(helper);
  const sent = other.agent.send({ peerId: helper.agentId, method: 'work', parameters: 'new', whenAway: 'store' });
  const { group } = await world.during(sent);
  expect(group?.groupId).not.toBe(groupId);
  helper = await world.open('helper', { methods });
  await world.passing(() => helper.agent.groups.invitations()[0]);
  // The one that the helper knew had another key: of this one it asks its owner.
  expect(answersOf(left)).toEqual(ofOld);
  expect(ran).toEqual([0, 1]);
  await other.agent.stop();
}, 120_000);

/** What the helper has answered of these. */
function answersOf(left: readonly ExchangeView[]): readonly ExchangeView[] {
  const { exchanges } = helper.agent.snapshot();
  return exchanges.filter(
    ({ requestId, status }) => status === 'success' && left.some((one) => requestId.startsWith(one.requestId)),
  );
}
