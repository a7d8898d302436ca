import { expect, test } from 'vitest';
import { addresses, living, names, Pair } from '../testing/pair.ts';
import { TestWorld } from '../testing/world.ts';

/** The directory is altered: what `change` gives replaces members of an entry. */
function alter(world: TestWorld, change: Record<string, unknown>): void {
  world.tamper = async (request, next) => {
    const response = await next(request);
    if (!request.url.endsWith(`/controller/agents/${names.helper}`)) return response;
    return Response.json({ ...(await response.json()), ...change });
  };
}

test.each(['https://localhost:5001/', 'https://LOCALHOST:5001', 'https://elsewhere.example', 'https://localhost:5002'])(
  'nothing is sent to an address that the certificates do not name: %s',
  async (address) => {
    const world = await TestWorld.create();
    const { traveller } = await world.pair();
    alter(world, { address });
    const before = world.carried.length;
    await expect(traveller.connect(names.helper)).rejects.toMatchObject({ code: 'identity_mismatch' });
    expect(world.carried.slice(before).filter(({ url }) => !url.includes('/controller/'))).toEqual([]);
  },
);

test('a resumption is refused too while the directory contradicts the certificates, and its record is not spent', async () => {
  const pair = await Pair.connected(undefined, { traveller: { isQuiet: true } });
  await pair.restart('traveller');
  alter(pair.world, { address: 'https://elsewhere.example' });
  const asking = pair.agent('traveller').send({ peerId: names.helper, method: 'echo', parameters: null });
  await expect(asking).rejects.toMatchObject({ code: 'identity_mismatch' });
  expect(pair.world.carried.some(({ url }) => url.startsWith('https://elsewhere.example'))).toBe(false);
  pair.world.tamper = (request, next) => next(request);
  await pair.agent('traveller').send({ peerId: names.helper, method: 'echo', parameters: null });
  expect(living(pair.agent('traveller'))).toMatchObject([
    { resumes: pair.first.sessionId, peerAddress: addresses.helper },
  ]);
});

test('a resumption is refused while the directory gives the entry of another agent, also when that one is revoked', async () => {
  const pair = await Pair.connected(undefined, { traveller: { isQuiet: true } });
  await pair.world.open('mallory_agent', 'https://localhost:5666');
  await pair.world.revoke('mallory_agent');
  await pair.restart('traveller');
  pair.world.tamper = async (request, next) =>
    request.url.endsWith(`/controller/agents/${names.helper}`)
      ? next(new Request('https://controller.test/controller/agents/mallory_agent'))
      : next(request);
  const asking = pair.agent('traveller').send({ peerId: names.helper, method: 'echo', parameters: null });
  await expect(asking).rejects.toMatchObject({ code: 'identity_mismatch' });
});

test.each([
  ['peer', 'another entry'],
  ['safetyNumber', 'another entry'],
  ['safetyNumber', 'another address'],
] as const)('%s shows nothing of an agent for whom the directory gives %s', async (look, wrong) => {
  const world = await TestWorld.create();
  const { traveller } = await world.pair();
  await world.open('mallory_agent', 'https://localhost:5666');
  world.tamper = async (request, next) => {
    if (!request.url.endsWith(`/controller/agents/${names.helper}`)) return next(request);
    if (wrong === 'another entry') return next(new Request('https://controller.test/controller/agents/mallory_agent'));
    return Response.json({ ...(await (await next(request)).json()), address: 'https://elsewhere.example' });
  };
  await expect(traveller[look](names.helper)).rejects.toMatchObject({ code: 'identity_mismatch' });
});
