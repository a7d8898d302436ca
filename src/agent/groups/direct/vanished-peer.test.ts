import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import { MethodRegistry } from '../../messages/methods.ts';
import type { Tamper } from '../../testing/world.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let carry: Tamper;
/** What the helper's handler has run, and what it waits for. */
const ran: unknown[] = [];
let gate: Promise<void> = Promise.resolve();
const methods = new MethodRegistry();
methods.register('work', async (parameters) => {
  ran.push(parameters);
  await gate;
  return parameters;
});

beforeAll(async () => {
  world = await GroupWorld.create();
  carry = world.world.tamper;
  traveller = await world.open('traveller');
  helper = await world.open('helper', { methods });
  await world.ready(traveller, helper);
}, 120_000);

beforeEach(async () => {
  // Over a session that both have, and of one that the helper knows: what is left for it is read without a question.
  const { agent } = traveller;
  const sent = world.during(agent.send({ peerId: helper.agentId, method: 'work', parameters: 0 }));
  expect(await sent).toMatchObject({ result: 0 });
  ran.length = 0;
});

afterEach(() => {
  world.world.tamper = carry;
  gate = Promise.resolve();
});

/** Has something happen to requests on their way to the helper. */
function onTheWay(tamper: Tamper): void {
  world.world.tamper = (request, next) =>
    new URL(request.url).host.startsWith('helper.') && request.url.endsWith('/agent/message')
      ? tamper(request, next)
      : carry(request, next);
}

function unreachable(): never {
  throw new ParleyError('peer_unreachable', 'The line is cut.');
}

function leave(parameters: number): Promise<ExchangeView> {
  const { agent } = traveller;
  return world.during(agent.send({ peerId: helper.agentId, method: 'work', parameters, whenAway: 'store' }));
}

function answerTo({ requestId }: ExchangeView): Promise<ExchangeView> {
  return world.passing(() =>
    traveller.agent
      .snapshot()
      .exchanges.find((one) => one.requestId === requestId && one.direction === 'outgoing' && one.status !== 'pending'),
  );
}

async function reopen(): Promise<void> {
  world.world.tamper = carry;
  helper = await world.open('helper', { methods });
}

test('a peer that dies after it has run a request, and before its answer arrives, repeats the answer', async () => {
  onTheWay(async (request, next) => {
    await next(request);
    await world.close(helper);
    return unreachable();
  });
  const left = await leave(1);
  expect(left).toMatchObject({ status: 'pending', group: { delivery: 'stored' } });
  await reopen();
  expect(await answerTo(left)).toMatchObject({ status: 'success', result: 1, group: { answers: [{}] } });
  expect(ran).toEqual([1]);
});

test('so it does where the conversation was deleted meanwhile, as far as it can', async () => {
  onTheWay(async (request, next) => {
    await next(request);
    await helper.agent.historyService.deleteHistory(traveller.agentId);
    await world.close(helper);
    return unreachable();
  });
  const left = await leave(2);
  await reopen();
  expect(await answerTo(left)).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
  expect(ran).toEqual([2]);
});

test('a peer that dies before it has read the request runs it when it is back', async () => {
  onTheWay(async () => {
    if (world.world.agents.has('https://helper.agents.test')) await world.close(helper);
    return unreachable();
  });
  const left = await leave(3);
  expect(left).toMatchObject({ status: 'pending', group: { delivery: 'stored' } });
  await reopen();
  expect(await answerTo(left)).toMatchObject({ status: 'success', result: 3 });
  expect(ran).toEqual([3]);
});

test('a peer that dies while its handler is at work does not run it again, and says so', async () => {
  gate = new Promise(() => undefined);
  onTheWay(async (request, next) => {
    void next(request).catch(() => undefined);
    await world.passing(() => ran[0]);
    await world.close(helper);
    return unreachable();
  });
  const left = await leave(4);
  gate = Promise.resolve();
  await reopen();
  expect(await answerTo(left)).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
  expect(ran).toEqual([4]);
});

test('what is under way over a session when it is left as well is waited for', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  onTheWay(async (request, next) => {
    void next(request).catch(() => undefined);
    return unreachable();
  });
  const left = await leave(5);
  await world.passing(() => helper.agent.snapshot().exchanges.find(({ group }) => group?.messageId === left.requestId));
  resolve();
  expect(await answerTo(left)).toMatchObject({ status: 'success', result: 5 });
  expect(ran).toEqual([5]);
});

test('an envelope that arrives after its request was left and answered runs nothing', async () => {
  const late: Request[] = [];
  onTheWay(async (request) => {
    late.push(request.clone());
    return unreachable();
  });
  const left = await leave(6);
  expect(await answerTo(left)).toMatchObject({ status: 'success', result: 6 });
  const [first] = late;
  if (first === undefined) throw new TypeError('Nothing was posted.');
  const answer = await world.world.agents.get('https://helper.agents.test')?.fetch(first);
  expect(answer?.status).toBe(200);
  expect(ran).toEqual([6]);
});
