import { expect, test } from 'vitest';
import type { AgentStore } from '../contracts/ports.ts';
import { addresses, names, Pair, type Who } from '../testing/pair.ts';
import { during } from '../testing/passing.ts';
import { TestWorld } from '../testing/world.ts';
import { MethodRegistry } from './methods.ts';

/** A store whose resumption records are those of an earlier version, which did not remember what the peer's hello said. */
const ofEarlier = (store: AgentStore): AgentStore => ({
  ...store,
  loadResumptions: async () => (await store.loadResumptions()).map(({ isExtended: _, ...record }) => record),
});

const ask = (pair: Pair, requestId: string) =>
  pair.agent('traveller').send({ peerId: names.helper, method: 'echo', parameters: null, requestId });

/** What an agent can disclose of a request, from the envelopes themselves: its trail commits to their plaintext. */
async function saidOf(pair: Pair, who: Who, requestId: string): Promise<readonly unknown[]> {
  const { audit } = pair.agent(who);
  const { entries } = await audit.page();
  const open = entries.filter(({ canDisclose }) => canDisclose === true).map(({ index }) => index);
  const { disclosures } = JSON.parse(await audit.export(open));
  return disclosures
    .map(({ payload }: { payload: Record<string, unknown> }) => payload)
    .filter((payload: Record<string, unknown>) => payload.request_id === requestId && 'method' in payload);
}

const bodies = (pair: Pair, type: string) =>
  pair.world.carried.flatMap(({ request, response }) =>
    [request, response ?? ''].filter((body) => body.includes(type)),
  );

test('a request says when it was first sent, also when it is repeated', async () => {
  const pair = await Pair.connected();
  const first = Math.floor(pair.world.clock.now() / 1_000);
  await ask(pair, 'one');
  pair.world.clock.advance(100_000);
  await ask(pair, 'one');
  for (const who of ['traveller', 'helper'] as const) {
    const said = await saidOf(pair, who, 'one');
    expect(said).toHaveLength(2);
    for (const payload of said) expect(payload).toMatchObject({ sent_at: first });
  }
});

test('a resumed session goes on saying so, also after a restart of both', async () => {
  const pair = await Pair.connected();
  await pair.restart('traveller');
  await pair.resumed('traveller');
  await ask(pair, 'two');
  expect((await saidOf(pair, 'helper', 'two'))[0]).toHaveProperty('sent_at');
});

test('a record of an earlier version resumes without extensions, and its session has no sent_at', async () => {
  const pair = await Pair.connected(ofEarlier);
  await ask(pair, 'one');
  await pair.restart('traveller');
  const session = await pair.resumed('traveller');
  for (const type of ['RESUME_HELLO', 'RESUME_ACCEPT']) {
    const [body, ...more] = bodies(pair, `"message_type":"${type}"`);
    expect(more).toEqual([]);
    expect(JSON.parse(body ?? '')).not.toHaveProperty('extensions');
  }
  await ask(pair, 'two');
  await ask(pair, 'one');
  const [two] = await saidOf(pair, 'helper', 'two');
  expect(two).toBeDefined();
  expect(two).not.toHaveProperty('sent_at');
  // The repeated one was sent with it and without it: both can be disclosed.
  const said = await saidOf(pair, 'traveller', 'one');
  expect(said.map((payload) => Object.hasOwn(Object(payload), 'sent_at'))).toEqual([true, false]);
  expect(session.peerAddress).toBe(addresses.helper);
});

test('a request that is not remembered and more than 24 hours old does not run', async () => {
  const world = await TestWorld.create();
  const traveller = await world.open(names.traveller, addresses.traveller);
  const methods = new MethodRegistry();
  let runs = 0;
  methods.register('count', () => ++runs);
  // Within what a clock may be wrong by: the sender still takes the request for younger than 24 hours.
  const environment = { ...world.environment, now: () => world.clock.now() + 200_000 };
  const helper = await world.open(names.helper, addresses.helper, { environment, methods });
  const request = { peerId: names.helper, method: 'count', parameters: null, requestId: 'one' };
  world.agents.delete(addresses.helper);
  const sending = traveller.agent.send(request);
  await expect(during(world.clock, sending)).rejects.toMatchObject({ code: 'peer_unreachable' });
  world.agents.set(addresses.helper, helper.agent);
  world.clock.advance(24 * 3_600_000 - 60_000);
  expect(await traveller.agent.send(request)).toMatchObject({ status: 'error', error: { code: 'stale_timestamp' } });
  expect(runs).toBe(0);
  const { requestId: _, ...anew } = request;
  expect(await traveller.agent.send(anew)).toMatchObject({ status: 'success', result: 1 });
});
