import { describe, expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { Agent } from '../agent.ts';
import { registered, SaidByCa } from '../testing/superseded.ts';
import { TestWorld } from '../testing/world.ts';

const names = ['traveller_agent_001', 'helper_agent_001'] as const;
const addresses = ['https://localhost:5000', 'https://localhost:5001'] as const;

const failureOf = (agent: Agent) => {
  const { phase } = agent.snapshot();
  return phase.phase === 'failed' ? phase.failure : undefined;
};

describe('an agent whose own certificates are on the revocation list', () => {
  test('as superseded renews them when it starts, and is heard by its peers', async () => {
    const world = await TestWorld.create();
    const store = createMemoryAgentStore();
    const first = await world.open(names[0], addresses[0], { store });
    const before = await registered(store);
    await world.open(names[1], addresses[1]);
    await first.agent.stop();
    const ca = new SaidByCa(world);
    world.tamper = ca.tamper();
    await ca.list(before, 'superseded');
    const { agent } = await world.open(names[0], addresses[0], { store });
    expect(agent.snapshot().phase.phase).toBe('ready');
    const after = await registered(store);
    expect(after.registration.certificates).not.toEqual(before.registration.certificates);
    expect(after.signing).toEqual(before.signing);
    expect(await agent.send({ peerId: names[1], method: 'echo', parameters: 1 })).toMatchObject({ result: 1 });
  });

  test.each(['keyCompromise', 'cessationOfOperation'] as const)(
    'as %s does not start, and says why',
    async (reason) => {
      const world = await TestWorld.create();
      const store = createMemoryAgentStore();
      const first = await world.open(names[0], addresses[0], { store });
      const before = await registered(store);
      await first.agent.stop();
      const ca = new SaidByCa(world);
      world.tamper = ca.tamper();
      await ca.list(before, reason);
      const { agent } = await world.open(names[0], addresses[0], { store });
      expect(failureOf(agent)).toMatchObject({
        code: 'certificate_revoked',
        detail: expect.stringContaining('The Controller has revoked this agent'),
      });
      expect(await registered(store)).toEqual(before);
    },
  );
});

const day = 86_400;

/** Agents whose Controller says in each answer, as a server does, what time it is. */
async function dated(): Promise<TestWorld> {
  const world = await TestWorld.create();
  world.tamper = async (request, next) => {
    const response = await next(request);
    if (new URL(request.url).pathname.startsWith('/controller/')) {
      response.headers.set('date', new Date(world.clock.now()).toUTCString());
    }
    return response;
  };
  return world;
}

/** The world's cryptography with a clock that is wrong by so many seconds. */
const wrongBy = (world: TestWorld, seconds: number) => ({
  ...world.environment,
  now: () => world.clock.now() + 1_000 * seconds,
});

describe('a clock that is wrong', () => {
  test.each([
    [-400 * day, '400 days behind'],
    [-3 * day, '3 days behind'],
    [-7_000, '117 minutes behind'],
    [9 * 3_600, '9 hours ahead of'],
    [25 * day, '25 days ahead of'],
    [400 * day, '400 days ahead of'],
  ])('by %i s is what a start or a connect that fails of it names', async (seconds, words) => {
    const world = await dated();
    const store = createMemoryAgentStore();
    await (await world.open(names[0], addresses[0], { store })).agent.stop();
    const kept = await registered(store);
    await world.open(names[1], addresses[1]);
    const { agent } = await world.open(names[0], addresses[0], { store, environment: wrongBy(world, seconds) });
    const failure = failureOf(agent) ?? (await agent.connect(names[1]).catch((cause: unknown) => cause));
    expect(failure).toMatchObject({
      code: 'clock_wrong',
      detail: `This device’s clock is ${words} the Controller’s. Nothing was lost. Set the clock of this device, then try again.`,
    });
    expect((await registered(store)).registration).toEqual(kept.registration);
  });

  test.each([-3 * day, 3 * day])('by %i s is what a first registration names', async (seconds) => {
    const world = await TestWorld.create();
    const { agent } = await world.open(names[0], addresses[0], { environment: wrongBy(world, seconds) });
    expect(failureOf(agent)?.code).toBe('clock_wrong');
  });

  test('is what a renewal that fails of it names', async () => {
    const world = await dated();
    let wrong = 0;
    const environment = { ...world.environment, now: () => world.clock.now() + wrong };
    const { agent } = await world.open(names[0], addresses[0], { environment });
    wrong = 25_000 * day;
    world.clock.advance(2 * 3_600_000);
    await expect
      .poll(() => {
        const { phase } = agent.snapshot();
        return phase.phase === 'ready' ? phase.identity.renewalFailure?.code : undefined;
      })
      .toBe('clock_wrong');
  });

  test('is not what is named for a certificate that has really expired', async () => {
    const world = await dated();
    await (await world.open(names[1], addresses[1])).agent.stop();
    world.clock.advance(31_000 * day);
    const { agent } = await world.open(names[0], addresses[0]);
    await expect(agent.connect(names[1])).rejects.toMatchObject({ code: 'certificate_expired' });
  });
});
