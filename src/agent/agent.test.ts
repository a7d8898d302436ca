import { describe, expect, test } from 'vitest';
import { ParleyError } from '../protocol/errors.ts';
import { TestWorld } from './testing/world.ts';

const toHelper = { peerId: 'helper_agent_001', method: 'echo', parameters: { words: 'Hello Helper!' } } as const;

async function connected() {
  const world = await TestWorld.create();
  const { traveller, helper } = await world.pair();
  const session = await traveller.connect('helper_agent_001');
  return { world, traveller, helper, sessionId: session.sessionId };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing refused it',
    (error: unknown) => (error instanceof ParleyError ? error.code : error),
  );

describe('two agents', () => {
  test('register, connect, and send both ways over one session', async () => {
    const world = await TestWorld.create();
    const { traveller, helper } = await world.pair();
    expect(traveller.snapshot().phase).toMatchObject({ phase: 'ready', identity: { keyBits: 2_048 } });

    const session = await traveller.connect('helper_agent_001');
    expect(session).toMatchObject({ status: 'ESTABLISHED', role: 'client', peerId: 'helper_agent_001' });
    const theirs = helper.snapshot().sessions[0];
    expect(theirs).toMatchObject({ status: 'ESTABLISHED', role: 'server', peerAddress: 'https://localhost:5000' });
    expect(theirs?.keyFingerprint).toBe(session.keyFingerprint);

    const there = await traveller.send({
      peerId: 'helper_agent_001',
      method: 'send_request',
      parameters: { query: 'Hello Helper!' },
    });
    expect(there).toMatchObject({
      status: 'success',
      result: { response: 'Hello Traveller! Request received: Hello Helper!' },
    });
    const back = await helper.send({ peerId: 'traveller_agent_001', method: 'echo', parameters: { words: 'Back' } });
    expect(back).toMatchObject({ status: 'success', result: { words: 'Back' }, sessionId: session.sessionId });
    expect(traveller.snapshot().sessions[0]).toMatchObject({ sent: 2, received: 2 });
  });

  test('put nothing on the wire that tells what they said', async () => {
    const { world, traveller } = await connected();
    await traveller.send({ ...toHelper, parameters: { words: 'the cat sat on the mat' } });
    const everything = world.carried.map(({ request, response }) => `${request}${response}`).join('\n');
    expect(world.carried.filter(({ url }) => url.endsWith('/agent/message'))).toHaveLength(1);
    const plaintext = 'the cat sat on the mat';
    const inBase64 = [0, 1, 2].map((offset) => btoa(plaintext.slice(offset, offset + 9)));
    for (const piece of [plaintext, 'the cat', 'on the mat', '"words"', 'SUCCESS', 'REQUEST"', ...inBase64]) {
      expect(everything).not.toContain(piece);
    }
  });

  test('end the session for both when one disconnects, and make a new one when there is more to say', async () => {
    const { traveller, helper, sessionId } = await connected();
    await traveller.disconnect(sessionId);
    expect(traveller.snapshot().sessions[0]?.status).toBe('CLOSED');
    expect(helper.snapshot().sessions[0]?.status).toBe('CLOSED');
    const later = await traveller.send(toHelper);
    expect(later.status).toBe('success');
    expect(later.sessionId).not.toBe(sessionId);
  });

  test('end the session after an hour', async () => {
    const { world, traveller, helper } = await connected();
    world.clock.advance(3_600_000);
    expect(traveller.snapshot().sessions[0]?.status).toBe('EXPIRED');
    expect(helper.snapshot().sessions[0]?.status).toBe('EXPIRED');
  });

  test('share one handshake when connect is called twice at once', async () => {
    const world = await TestWorld.create();
    const { traveller, helper } = await world.pair();
    const [one, two] = await Promise.all([
      traveller.connect('helper_agent_001'),
      traveller.connect('helper_agent_001'),
    ]);
    expect(one.sessionId).toBe(two.sessionId);
    expect(helper.snapshot().sessions).toHaveLength(1);
  });
});

describe('trust', () => {
  test('in a peer ends when the Controller revokes it, and no new session is made', async () => {
    const { world, traveller } = await connected();
    await world.revoke('helper_agent_001');
    await traveller.checkRevocations();
    expect(traveller.snapshot().sessions[0]).toMatchObject({
      status: 'CLOSED',
      failure: { code: 'certificate_revoked' },
    });
    expect(await codeOf(traveller.connect('helper_agent_001'))).toBe('certificate_revoked');
  });

  test('in a peer needs a revocation list that is not past its time', async () => {
    const { world, traveller } = await connected();
    world.tamper = async (request, next) => {
      if (request.url.endsWith('/crl')) throw new ParleyError('peer_unreachable', 'No list today.');
      return next(request);
    };
    world.clock.advance(3_601_000);
    expect(await codeOf(traveller.connect('helper_agent_001'))).toBe('revocation_status_unknown');
  });

  test('stays with the CA that was pinned', async () => {
    const world = await TestWorld.create();
    const { agent, store } = await world.open('traveller_agent_001', 'https://localhost:5000');
    const before = agent.snapshot().phase;
    world.controller = world.newController();
    const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store });
    const { phase } = again.agent.snapshot();
    expect(phase).toMatchObject({ phase: 'ca_changed' });
    if (phase.phase !== 'ca_changed' || before.phase !== 'ready') throw new Error('unreachable');
    expect(phase.pinned).toBe(before.identity.caFingerprint);
    expect(phase.seen).not.toBe(phase.pinned);
  });

  test('is not given to a directory that shows another agent’s certificates', async () => {
    const { world, traveller } = await connected();
    await world.open('mallory_agent', 'https://localhost:5666');
    world.tamper = async (request, next) =>
      request.url.endsWith('/agents/helper_agent_001')
        ? next(new Request('https://controller.test/controller/agents/mallory_agent'))
        : next(request);
    expect(await codeOf(traveller.connect('helper_agent_001'))).toBe('identity_mismatch');
  });
});

describe('a session id', () => {
  test('that stands for one session cannot be taken for another, whoever made it', async () => {
    const { world, traveller, sessionId } = await connected();
    const { environment } = world;
    const copied = Uint8Array.from(sessionId.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const mallory = await world.open('mallory_agent', 'https://localhost:5666', {
      environment: { ...environment, random: (length) => (length === 16 ? copied : environment.random(length)) },
    });
    expect(await codeOf(mallory.agent.connect('traveller_agent_001'))).toBe('session_conflict');
    expect(await codeOf(mallory.agent.connect('helper_agent_001'))).toBe('session_conflict');
    expect(traveller.snapshot().sessions).toMatchObject([{ sessionId, peerId: 'helper_agent_001' }]);
    expect(await traveller.send(toHelper)).toMatchObject({ status: 'success', sessionId });
  });
});

describe('an agent with few places', () => {
  test('never holds more sessions than it has, however many hellos come at once', async () => {
    const world = await TestWorld.create();
    await world.open('helper_agent_001', 'https://localhost:5001', { limits: { sessions: 3, halfOpen: 2 } });
    const callers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => world.open(`caller_agent_${n}`, `https://localhost:510${n}`)),
    );
    const outcomes = await Promise.all(callers.map(({ agent }) => codeOf(agent.connect('helper_agent_001'))));
    expect(outcomes.filter((code) => code === 'session_limit_reached').length).toBeGreaterThanOrEqual(3);
    const helper = world.agents.get('https://localhost:5001');
    const held = helper?.snapshot().sessions.filter(({ status }) => status === 'ESTABLISHED') ?? [];
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThanOrEqual(3);
    for (const { agent } of callers) await codeOf(agent.connect('helper_agent_001'));
    const later = helper?.snapshot().sessions.filter(({ status }) => status === 'ESTABLISHED');
    expect(later).toHaveLength(3);
  });
});

describe('an agent', () => {
  test('keeps its identity when it starts again', async () => {
    const world = await TestWorld.create();
    const { agent, store } = await world.open('traveller_agent_001', 'https://localhost:5000');
    const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store });
    expect(again.agent.snapshot().phase).toEqual(agent.snapshot().phase);
    expect(again.events.map((event) => event.type === 'phase' && event.phase.phase)).toEqual(['starting', 'ready']);
  });

  test('starts without the Controller once it has registered', async () => {
    const world = await TestWorld.create();
    const { store } = await world.open('traveller_agent_001', 'https://localhost:5000');
    world.tamper = async () => {
      throw new ParleyError('peer_unreachable', 'The Controller is away.');
    };
    const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store });
    expect(again.agent.snapshot().phase.phase).toBe('ready');
  });

  test('that cannot register says why, and registers when it is started again', async () => {
    const world = await TestWorld.create();
    world.tamper = async () => {
      throw new ParleyError('peer_unreachable', 'The Controller is away.');
    };
    const { agent } = await world.open('traveller_agent_001', 'https://localhost:5000');
    expect(agent.snapshot().phase).toMatchObject({ phase: 'failed', failure: { code: 'controller_unreachable' } });
    world.tamper = (request, next) => next(request);
    await agent.start();
    expect(agent.snapshot().phase.phase).toBe('ready');
  });

  test('whose name belongs to another key is refused', async () => {
    const world = await TestWorld.create();
    await world.open('traveller_agent_001', 'https://localhost:5000');
    const { agent } = await world.open('traveller_agent_001', 'https://localhost:5055');
    expect(agent.snapshot().phase).toMatchObject({ phase: 'failed', failure: { code: 'agent_id_taken' } });
  });

  test('renews its certificates before they end', async () => {
    const world = await TestWorld.create();
    const { agent, store } = await world.open('traveller_agent_001', 'https://localhost:5000');
    world.clock.advance(25 * 86_400_000);
    const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store });
    const [before, after] = [agent, again.agent].map((one) => {
      const { phase } = one.snapshot();
      return phase.phase === 'ready' ? phase.identity.notAfter : 0;
    });
    expect((after ?? 0) - (before ?? 0)).toBe(25 * 86_400);
  });

  test('that is forgotten leaves nothing, tells its peer, and revokes its certificates', async () => {
    const { world, traveller, helper } = await connected();
    await traveller.forget();
    expect(traveller.snapshot()).toMatchObject({
      phase: { phase: 'forgotten' },
      sessions: [],
      exchanges: [],
      wire: [],
    });
    expect(helper.snapshot().sessions[0]?.status).toBe('CLOSED');
    const [entry] = (await helper.peers()).filter(({ agentId }) => agentId === 'traveller_agent_001');
    expect(entry).toMatchObject({ status: 'revoked', online: false });
    expect(world.agents.get('https://localhost:5000')).toBe(traveller);
  });
});
