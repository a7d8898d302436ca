import { describe, expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import type { Agent } from '../agent.ts';
import type { ExchangeView } from '../contracts/views.ts';
import { addresses, Pair } from '../testing/pair.ts';
import { during } from '../testing/passing.ts';
import { until } from '../testing/until.ts';
import { TestWorld } from '../testing/world.ts';

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
    expect(await during(world.clock, sending)).toMatchObject({ status: 'error', error: { code: 'answer_timeout' } });
  });
});
