import { describe, expect, test } from 'vitest';
import { ParleyError } from '../protocol/errors.ts';
import type { Agent } from './agent.ts';
import type { ExchangeView } from './contracts/views.ts';
import { addresses, Pair } from './testing/pair.ts';
import { until } from './testing/until.ts';
import { TestWorld } from './testing/world.ts';

const toHelper = { peerId: 'helper_agent_001', method: 'echo', parameters: { words: 'Hello Helper!' } } as const;

async function connected() {
  const world = await TestWorld.create();
  const { traveller, helper } = await world.pair();
  const session = await traveller.connect('helper_agent_001');
  return { world, traveller, helper, sessionId: session.sessionId };
}

function incoming(agent: Agent): readonly ExchangeView[] {
  return agent.snapshot().exchanges.filter(({ direction }) => direction === 'incoming');
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

describe('a request', () => {
  test('to an unknown method comes back as an error that names the methods', async () => {
    const { traveller } = await connected();
    const answered = await traveller.send({ ...toHelper, method: 'fly' });
    expect(answered).toMatchObject({ status: 'error', error: { code: 'unknown_method' } });
    expect(answered.error?.detail).toContain('send_request, echo, ping');
  });

  test('whose answer was lost is asked again and runs once', async () => {
    const pair = await Pair.connected();
    let lost = 0;
    pair.world.tamper = async (request, next) => {
      const response = await next(request);
      if (!request.url.endsWith('/agent/message') || lost > 0) return response;
      lost += 1;
      throw new ParleyError('peer_unreachable', 'The answer was lost.');
    };
    const answered = await pair.during(pair.agent('traveller').send(toHelper));
    expect(answered).toMatchObject({ status: 'success', result: { words: 'Hello Helper!' } });
    expect(lost).toBe(1);
    expect(incoming(pair.agent('helper'))).toHaveLength(1);
  });

  test('that the wire doubled is asked again when the copy was there first, and runs once', async () => {
    const pair = await Pair.connected();
    let doubled = 0;
    pair.world.tamper = async (request, next) => {
      if (!request.url.endsWith('/agent/message') || doubled > 0) return next(request);
      doubled += 1;
      await next(request.clone());
      return next(request);
    };
    const answered = await pair.during(pair.agent('traveller').send(toHelper));
    expect(answered).toMatchObject({ status: 'success', result: { words: 'Hello Helper!' } });
    expect(doubled).toBe(1);
    expect(incoming(pair.agent('helper'))).toHaveLength(1);
  });

  test('to a peer that has gone fails, says so, and can be sent again', async () => {
    const pair = await Pair.connected();
    const traveller = pair.agent('traveller');
    pair.world.agents.delete(addresses.helper);
    expect(await pair.during(codeOf(traveller.send(toHelper)))).toBe('peer_unreachable');
    const outgoing = () => traveller.snapshot().exchanges.filter(({ direction }) => direction === 'outgoing');
    const [failed] = outgoing();
    expect(failed?.status).toBe('failed');
    expect(traveller.snapshot().sessions[0]).toMatchObject({ status: 'ESTABLISHED', unreachable: true });
    pair.world.agents.set(addresses.helper, pair.agent('helper'));
    const again = { ...toHelper, requestId: failed?.requestId ?? '' };
    expect(await pair.during(traveller.send(again))).toMatchObject({ ...again, status: 'success' });
    expect(outgoing()).toHaveLength(1);
  });

  test('to a peer that lost its sessions goes through a new one', async () => {
    const { world, traveller, sessionId } = await connected();
    const { agent: reborn } = await world.open('other_agent', 'https://localhost:5009');
    expect(reborn.snapshot().phase.phase).toBe('ready');
    const helper = world.agents.get('https://localhost:5001');
    await helper?.stop();
    await helper?.start();
    const answered = await traveller.send(toHelper);
    expect(answered.status).toBe('success');
    expect(answered.sessionId).not.toBe(sessionId);
  });
});

describe('many requests', () => {
  test('to a peer that lost its sessions share one new session', async () => {
    const { world, traveller } = await connected();
    const helper = world.agents.get('https://localhost:5001');
    await helper?.stop();
    await helper?.start();
    const one = traveller.send(toHelper);
    world.tamper = async (request, next) => {
      // The second request was numbered before the first found the loss, and arrives after.
      if ((await request.clone().text()).includes('"sequence":1')) await one;
      return next(request);
    };
    const two = traveller.send(toHelper);
    expect((await one).sessionId).toBe((await two).sessionId);
    expect(traveller.snapshot().sessions).toHaveLength(2);
  });
});

describe('a person who answers', () => {
  test('gives the sender the answer', async () => {
    const { traveller, helper } = await connected();
    helper.setAnswering('person');
    const sending = traveller.send(toHelper);
    const held = await until(() => incoming(helper).find(({ status }) => status === 'held'));
    expect(held.answerBy).toBe(held.at + 60_000);
    helper.answer('traveller_agent_001', held.requestId, { status: 'SUCCESS', result: { response: 'By hand' } });
    expect(await sending).toMatchObject({ status: 'success', result: { response: 'By hand' } });
    expect(() => helper.answer('traveller_agent_001', held.requestId, { status: 'SUCCESS', result: null })).toThrow(
      /invalid_input/,
    );
  });

  test('may decline', async () => {
    const { traveller, helper } = await connected();
    helper.setAnswering('person');
    const sending = traveller.send(toHelper);
    const held = await until(() => incoming(helper).find(({ status }) => status === 'held'));
    helper.answer('traveller_agent_001', held.requestId, { status: 'ERROR', detail: 'Not today.' });
    expect(await sending).toMatchObject({
      status: 'error',
      error: { code: 'request_declined', detail: 'Not today.' },
    });
  });

  test('who does not is told of to the sender after a minute', async () => {
    const { world, traveller, helper } = await connected();
    helper.setAnswering('person');
    const sending = traveller.send(toHelper);
    await until(() => incoming(helper).find(({ status }) => status === 'held'));
    world.clock.advance(60_000);
    expect(await sending).toMatchObject({ status: 'error', error: { code: 'answer_timeout' } });
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
