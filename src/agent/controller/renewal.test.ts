import { describe, expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import type { Agent } from '../agent.ts';
import type { IdentityView } from '../contracts/views.ts';
import { TestClock } from '../testing/clock.ts';
import { cryptographyUnderWay } from '../testing/cryptography.ts';
import { until } from '../testing/until.ts';
import { TestWorld } from '../testing/world.ts';
import { Renewal } from './renewal.ts';

const hour = 3_600_000;
const day = 24 * hour;

function identityOf(agent: Agent): IdentityView {
  const { phase } = agent.snapshot();
  if (phase.phase !== 'ready') throw new TypeError(phase.phase);
  return phase.identity;
}

/** Days until the end of an agent's certificates. */
const daysLeft = (world: TestWorld, agent: Agent) => identityOf(agent).notAfter / 86_400 - world.clock.now() / day;

const ask = (agent: Agent, peerId: string) => agent.send({ peerId, method: 'echo', parameters: { words: 'Hello' } });

/** Lets a renewal that is due come to its end: one whose clock jumped while it was signed is tried again within an hour. */
async function renewed(world: TestWorld, agent: Agent, atLeast: number): Promise<void> {
  while (daysLeft(world, agent) < atLeast) {
    const before = identityOf(agent);
    // Nobody has worked for so many turns: nothing is under way.
    let quiet = 0;
    await until(() => {
      quiet = cryptographyUnderWay() === 0 ? quiet + 1 : 0;
      return identityOf(agent) !== before || quiet > 1_000 || undefined;
    });
    if (daysLeft(world, agent) < atLeast) world.clock.advance(hour / 2);
  }
}

/** No Controller answers until the function it returns is called. */
function withoutController(world: TestWorld): () => void {
  const { tamper } = world;
  world.tamper = async (request, next) => {
    if (new URL(request.url).pathname.startsWith('/controller/register')) {
      throw new ParleyError('controller_unreachable', 'cut');
    }
    return next(request);
  };
  return () => {
    world.tamper = tamper;
  };
}

describe('certificates of an agent that stays open', () => {
  test('are renewed in time for 100 days, and every handshake and message goes on', async () => {
    const world = await TestWorld.create();
    const { traveller, helper } = await world.pair();
    const serials = new Set<string>();
    for (let passed = 0; passed < 100; passed += 1) {
      world.clock.advance(day);
      // Renewed at two thirds of 30 days, up to 30 hours later, and looked at once a day here.
      for (const agent of [traveller, helper]) {
        await renewed(world, agent, 7.5);
        serials.add(identityOf(agent).signingSerial);
      }
      if (passed % 10 !== 0) continue;
      expect(await ask(traveller, 'helper_agent_001')).toMatchObject({ status: 'success' });
      expect(await ask(helper, 'traveller_agent_001')).toMatchObject({ status: 'success' });
    }
    expect(serials.size).toBeGreaterThanOrEqual(8);
    expect(serials.size).toBeLessThanOrEqual(12);
  });

  test('change under a session that goes on, and are in the store and in the next handshake', async () => {
    const world = await TestWorld.create();
    const { agent: helper } = await world.open('helper_agent_001', 'https://localhost:5001');
    const opened = await world.open('traveller_agent_001', 'https://localhost:5000');
    const traveller = opened.agent;
    world.clock.advance(20 * day - hour / 2);
    const before = identityOf(traveller).signingFingerprint;
    while (identityOf(traveller).signingFingerprint === before) {
      const session = await traveller.connect('helper_agent_001');
      world.clock.advance(hour * 0.9);
      expect(await ask(traveller, 'helper_agent_001')).toMatchObject({
        status: 'success',
        sessionId: session.sessionId,
      });
      await traveller.disconnect(session.sessionId);
      expect(world.clock.now()).toBeLessThan(1_790_000_000_000 + 22 * day);
    }
    const stored = await until(async () => {
      const identity = await opened.store.loadIdentity();
      return identity?.registration;
    });
    const hex = await crypto.subtle.digest('SHA-256', stored.certificates.signing);
    const fingerprint = [...new Uint8Array(hex)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
    expect(fingerprint).toBe(identityOf(traveller).signingFingerprint);
    await traveller.connect('helper_agent_001');
    const hello = world.carried.findLast(({ request }) => request.includes('CLIENT_HELLO'));
    const sent = JSON.parse(hello?.request ?? '{}').my_certificate.signing;
    expect(sent).toBe(Buffer.from(stored.certificates.signing).toString('base64'));
    expect(helper.snapshot().sessions.map(({ status }) => status)).toContain('ESTABLISHED');
  });

  test('that cannot be renewed are said to be so, tried again, and renewed also after their end', async () => {
    const world = await TestWorld.create();
    const { agent } = await world.open('traveller_agent_001', 'https://localhost:5000');
    const restore = withoutController(world);
    const tries = () => world.carried.filter(({ url }) => url.endsWith('/controller/register')).length;
    const first = tries();
    while (daysLeft(world, agent) > -1) {
      const before = tries();
      world.clock.advance(hour);
      // From then on every hour has a try.
      if (daysLeft(world, agent) < 8.5) await until(() => tries() > before || undefined);
    }
    expect(identityOf(agent).renewalFailure).toMatchObject({ code: 'controller_unreachable' });
    expect(tries() - first).toBeGreaterThan(100);
    expect(tries() - first).toBeLessThan(600);
    restore();
    world.clock.advance(hour);
    await renewed(world, agent, 29);
    expect(identityOf(agent)).not.toHaveProperty('renewalFailure');
  });

  test('that are due when the agent starts hold until the Controller can be asked', async () => {
    const world = await TestWorld.create();
    const { agent, store } = await world.open('traveller_agent_001', 'https://localhost:5000');
    await agent.stop();
    world.clock.advance(25 * day);
    const restore = withoutController(world);
    const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store });
    expect(Math.round(daysLeft(world, again.agent))).toBe(5);
    restore();
    world.clock.advance(hour);
    await renewed(world, again.agent, 29);
  });

  /** Starts an agent whose certificates are due, at a Controller that refuses to renew them. */
  async function refusedAtStart(code: string, status: number) {
    const world = await TestWorld.create();
    const { agent, store } = await world.open('traveller_agent_001', 'https://localhost:5000');
    await agent.stop();
    world.clock.advance(25 * day);
    world.tamper = async (request, next) =>
      new URL(request.url).pathname.startsWith('/controller/register')
        ? Response.json({ code, detail: 'Not now.' }, { status })
        : next(request);
    return { world, again: await world.open('traveller_agent_001', 'https://localhost:5000', { store }) };
  }

  test.each([
    ['unavailable', 503],
    ['rate_limited', 429],
    ['internal_error', 500],
    ['unknown_registration', 404],
  ])('that are due hold also when the Controller answers %s at the start', async (code, status) => {
    const { world, again } = await refusedAtStart(code, status);
    expect(Math.round(daysLeft(world, again.agent))).toBe(5);
  });

  test.each([
    ['agent_id_taken', 409],
    ['certificate_revoked', 401],
    ['wrong_recipient', 421],
  ])('that are due do not hold when the Controller answers %s, which does not pass', async (code, status) => {
    const { again } = await refusedAtStart(code, status);
    expect(again.agent.snapshot().phase).toMatchObject({ phase: 'failed', failure: { code } });
  });

  test('are renewed in time after a clock that was years ahead has been set right', async () => {
    const world = await TestWorld.create();
    let ahead = 0;
    const environment = { ...world.environment, now: () => world.clock.now() + ahead };
    const { agent } = await world.open('traveller_agent_001', 'https://localhost:5000', { environment });
    ahead = 1_000 * day;
    world.clock.advance(2 * hour);
    await until(() => identityOf(agent).renewalFailure);
    ahead = 0;
    for (let hours = 0; hours < 22 * 24; hours += 1) world.clock.advance(hour);
    await renewed(world, agent, 25);
    expect(identityOf(agent)).not.toHaveProperty('renewalFailure');
  });
});

test('a renewal that is refused for longer than its own pause is tried again once that time is over', async () => {
  const clock = new TestClock(1_790_000_000_000);
  let tries = 0;
  const renewal = new Renewal(
    {
      scheduler: clock,
      now: clock.now,
      chance: () => 0,
      renew: async () => {
        tries += 1;
        throw new ParleyError('rate_limited', 'Too many at once.', { retryAfter: 600 });
      },
      told: () => undefined,
    },
    { renewAt: clock.now() / 1_000, notAfter: clock.now() / 1_000 + 86_400 },
  );
  const pass = async (ms: number) => {
    clock.advance(ms);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  await pass(1_000);
  expect(tries).toBe(1);
  await pass(599_000);
  expect(tries).toBe(1);
  await pass(2_000);
  expect(tries).toBe(2);
  renewal.stop();
});
