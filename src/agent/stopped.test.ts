import { expect, test } from 'vitest';
import { problemResponse } from '../http/problem-response.ts';
import { ParleyError } from '../protocol/errors.ts';
import { gate } from './testing/gate.ts';
import { addresses, names, Pair } from './testing/pair.ts';
import { during } from './testing/passing.ts';
import { until } from './testing/until.ts';
import { TestWorld } from './testing/world.ts';

/** Has the Controller's answers wait; `asked` opens with the first question. */
function slowController(world: TestWorld) {
  const [asked, answered] = [gate(), gate()];
  world.tamper = async (request, next) => {
    if (request.url.includes('/controller/')) {
      asked.open();
      await answered.opened;
    }
    return next(request);
  };
  return { asked, answered };
}

test('an agent that is stopped while it starts does not come up', async () => {
  const world = await TestWorld.create();
  const { asked, answered } = slowController(world);
  const opening = world.open(names.helper, addresses.helper);
  await asked.opened;
  const stopping = world.agents.get(addresses.helper)?.stop();
  answered.open();
  const { agent, events } = await opening;
  await stopping;
  const phases = events.flatMap((event) => (event.type === 'phase' ? event.phase.phase : []));
  expect(new Set(phases)).toEqual(new Set(['starting', 'making_keys', 'registering']));
  await expect(agent.connect(names.traveller)).rejects.toMatchObject({ code: 'not_registered' });
  expect(world.clock.waiting).toBe(0);
  await agent.start();
  expect(agent.snapshot().phase.phase).toBe('ready');
});

test('an agent that is forgotten while it starts leaves nothing', async () => {
  const world = await TestWorld.create();
  const { asked, answered } = slowController(world);
  const opening = world.open(names.helper, addresses.helper);
  await asked.opened;
  const forgetting = world.agents.get(addresses.helper)?.forget();
  answered.open();
  const { agent, store } = await opening;
  await forgetting;
  expect(agent.snapshot().phase.phase).toBe('forgotten');
  expect(await store.loadIdentity()).toBe(undefined);
});

test('an agent that is stopped in the middle of a resumption makes no handshake in its place', async () => {
  const pair = await Pair.connected();
  await pair.leave('traveller');
  const [asked, answered] = [gate(), gate()];
  const sent: string[] = [];
  pair.world.tamper = async (request, next) => {
    const body = await request.clone().text();
    sent.push(/"message_type":"(\w+)"/.exec(body)?.[1] ?? request.url);
    const response = await next(request);
    if (sent.at(-1) === 'RESUME_HELLO') {
      asked.open();
      await answered.opened;
    }
    return response;
  };
  const traveller = await pair.comeBack('traveller');
  await pair.during(asked.opened);
  await traveller.stop();
  answered.open();
  await pair.pass(1_000);
  expect(sent).toContain('RESUME_HELLO');
  expect(sent).not.toContain('CLIENT_HELLO');
});

test('nothing of an agent that was stopped waits for its time', async () => {
  const pair = await Pair.connected();
  await pair.restart('traveller');
  const { sessionId } = await pair.resumed('traveller');
  await pair.agent('traveller').updateKeys(sessionId);
  await pair.leave('traveller');
  await pair.leave('helper');
  expect(pair.world.clock.waiting).toBe(0);
});

test('nothing waits of an agent that was stopped while it waited for a peer, and its request goes out later', async () => {
  const pair = await Pair.connected();
  await pair.leave('helper');
  const echo = { peerId: names.helper, method: 'echo', parameters: 'unanswered' };
  const asking = expect(pair.agent('traveller').send(echo)).rejects.toThrow();
  await until(() => pair.world.carried.some(({ url }) => url === `${addresses.helper}/agent/message`) || undefined);
  // First while the request is repeated, then while its peer is expected to come back.
  for (let runs = 0; runs < 2; runs += 1) {
    await pair.pass(50);
    await pair.leave('traveller');
    expect(pair.world.clock.waiting).toBe(0);
    if (runs === 0) await asking;
    await pair.comeBack('traveller');
  }
  const exchanges = () => pair.agent('traveller').snapshot().exchanges;
  expect(exchanges()).toMatchObject([{ method: 'ping' }, { parameters: 'unanswered', status: 'pending' }]);
  await pair.comeBack('helper');
  await pair.passing(() => exchanges().every(({ status }) => status === 'success') || undefined);
});

test('an agent that was stopped between two tries of a handshake makes no other, and nothing of it waits', async () => {
  const pair = await Pair.connected();
  await pair.agent('traveller').disconnect(pair.first.sessionId);
  pair.world.carried.length = 0;
  pair.world.tamper = async (request, next) => {
    if (!request.url.startsWith(addresses.helper)) return next(request);
    const lost = new ParleyError('peer_unreachable', 'Its relay is gone.', { retryAfter: 3 });
    return problemResponse(lost);
  };
  const connecting = expect(pair.agent('traveller').connect(names.helper)).rejects.toMatchObject({
    code: 'not_registered',
  });
  const hellos = () => pair.world.carried.filter(({ url }) => url === `${addresses.helper}/agent/handshake`).length;
  await pair.passing(() => hellos() === 1 || undefined);
  await pair.leave('traveller');
  await pair.leave('helper');
  await connecting;
  expect(pair.world.clock.waiting).toBe(0);
  expect(hellos()).toBe(1);
});

test('a quiet agent has what was kept, and sends nothing of it by itself', async () => {
  const pair = await Pair.connected();
  await pair.leave('helper');
  const sending = pair
    .agent('traveller')
    .send({ peerId: names.helper, method: 'echo', parameters: 'unanswered' })
    .catch(() => undefined);
  await until(() => (pair.agent('traveller').snapshot().exchanges.length === 2 ? true : undefined));
  await pair.leave('traveller');
  await pair.pass(10_000);
  await sending;
  await pair.comeBack('helper');
  const before = pair.world.carried.length;
  const { agent } = await pair.world.open(names.traveller, addresses.traveller, {
    store: pair.store('traveller'),
    isQuiet: true,
  });
  await pair.pass(60_000);
  expect(agent.snapshot().exchanges).toMatchObject([{ method: 'ping' }, { parameters: 'unanswered' }]);
  expect(pair.world.carried.slice(before).filter(({ url }) => url.startsWith(addresses.helper))).toEqual([]);
});

test('a session id that another peer uses again takes nothing from what resumes a session', async () => {
  const pair = await Pair.connected();
  await pair.restart('helper');
  const { environment } = pair.world;
  const taken = Uint8Array.from(pair.first.sessionId.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  let isTaking = false;
  const { agent: mallory } = await pair.world.open('mallory_agent_001', 'https://localhost:5002', {
    environment: {
      ...environment,
      random: (length) => (isTaking && length === taken.length ? taken.slice() : environment.random(length)),
    },
  });
  isTaking = true;
  const { sessionId } = await mallory.connect(names.helper);
  expect(sessionId).toBe(pair.first.sessionId);
  const kept = await pair.store('helper').loadResumptions();
  expect(kept.map(({ peerId }) => peerId).toSorted()).toEqual(['mallory_agent_001', names.traveller]);
});

test('a request is not repeated once the time for its peer is over, however long a try takes', async () => {
  const world = await TestWorld.create();
  const { agent } = await world.open(names.traveller, addresses.traveller);
  await world.open(names.helper, addresses.helper);
  await agent.connect(names.helper);
  let tries = 0;
  world.agents.delete(addresses.helper);
  world.tamper = async (request, next) => {
    if (request.url.startsWith(addresses.helper)) {
      tries += 1;
      world.clock.advance(15_000);
    }
    return next(request);
  };
  const sending = during(world.clock, agent.send({ peerId: names.helper, method: 'echo', parameters: null }));
  await expect(sending).rejects.toMatchObject({ code: 'peer_unreachable' });
  expect(tries).toBe(3);
});
