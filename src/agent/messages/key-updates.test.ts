import { describe, expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Agent } from '../agent.ts';
import { during, passing } from '../testing/passing.ts';
import { TestWorld } from '../testing/world.ts';

const toHelper = { peerId: 'helper_agent_001', method: 'echo', parameters: 'hello' } as const;

async function connected() {
  const world = await TestWorld.create();
  const { traveller, helper } = await world.pair();
  const { sessionId } = await traveller.connect('helper_agent_001');
  const epochs = () => [traveller, helper].map((agent) => agent.snapshot().sessions[0]?.epoch ?? 0);
  return { world, traveller, helper, sessionId, epochs };
}

const begun = (agent: Agent, sessionId: string) =>
  (agent.snapshot().traces[sessionId] ?? []).filter((event) => event.kind === 'epoch');

describe('the keys of a session', () => {
  test('are updated when asked for, by either agent, and both see the same', async () => {
    const { traveller, helper, sessionId, epochs } = await connected();
    await traveller.updateKeys(sessionId);
    await helper.updateKeys(sessionId);
    expect(epochs()).toEqual([2, 2]);
    const [ours, theirs] = [begun(traveller, sessionId), begun(helper, sessionId)];
    expect(ours.map(({ number, keyFingerprint }) => [number, keyFingerprint])).toEqual(
      theirs.map(({ number, keyFingerprint }) => [number, keyFingerprint]),
    );
    expect(ours.map(({ by }) => by)).toEqual(['self', 'peer']);
    expect(theirs.map(({ by }) => by)).toEqual(['peer', 'self']);
    expect((await traveller.send(toHelper)).status).toBe('success');
    expect((await helper.send({ ...toHelper, peerId: 'traveller_agent_001' })).status).toBe('success');
  });

  test('are updated by themselves after their time, while what is sent goes on', async () => {
    const { world, traveller, epochs } = await connected();
    world.clock.advance(1_000 * limits.updateAfterSeconds);
    expect((await traveller.send(toHelper)).status).toBe('success');
    await passing(world.clock, () => epochs().join() === '1,1' || undefined);
  });

  test('are updated before anything is sent when that is overdue', async () => {
    const { world, traveller, sessionId, epochs } = await connected();
    world.clock.advance(2_000 * limits.updateAfterSeconds);
    expect((await traveller.send(toHelper)).status).toBe('success');
    expect(epochs()).toEqual([1, 1]);
    expect(traveller.snapshot().sessions).toHaveLength(1);
    expect(traveller.snapshot().exchanges[0]?.sessionId).toBe(sessionId);
  });

  test('are updated by count', async () => {
    const { traveller, epochs } = await connected();
    for (let sent = 0; sent <= limits.updateAfterMessages / 2; sent += 1) await traveller.send(toHelper);
    await traveller.send(toHelper);
    expect(epochs()).toEqual([1, 1]);
  });

  test('whose update was not answered come to one epoch before the next request', async () => {
    const { world, traveller, helper, sessionId, epochs } = await connected();
    world.tamper = async (request, next) => {
      const response = await next(request);
      if (request.url.endsWith('/agent/message')) throw new ParleyError('peer_unreachable', 'The answer was lost.');
      return response;
    };
    await expect(during(world.clock, traveller.updateKeys(sessionId))).rejects.toThrow(/peer_unreachable/);
    expect(epochs()).toEqual([0, 1]);
    world.tamper = (request, next) => next(request);
    expect((await traveller.send(toHelper)).status).toBe('success');
    expect(epochs()).toEqual([1, 1]);
    expect(helper.snapshot().exchanges).toHaveLength(1);
  });

  test('that become overdue while a request is on its way run nothing: it runs once, in what follows', async () => {
    const { world, traveller, helper } = await connected();
    world.clock.advance(2_000 * limits.updateAfterSeconds - 1_000);
    let isLate = false;
    const runs = () => helper.snapshot().exchanges.filter(({ direction }) => direction === 'incoming').length;
    const codes: unknown[] = [];
    world.tamper = async (request, next) => {
      if (isLate || !request.url.endsWith('/agent/message')) return next(request);
      // The update that is due goes along with the request; it holds an ML-KEM key.
      if ((await request.clone().text()).length > 1_500) throw new ParleyError('peer_unreachable', 'It was lost.');
      isLate = true;
      world.clock.advance(2_000);
      const response = await next(request);
      codes.push((await response.clone().json()).code, runs());
      return response;
    };
    const sending = traveller.send(toHelper);
    await expect(during(world.clock, sending)).resolves.toMatchObject({ status: 'success' });
    expect(runs()).toBe(1);
    expect(codes).toEqual(['unknown_epoch', 0]);
  });

  test('of an older epoch are gone 30 seconds after it', async () => {
    const { world, traveller, helper, sessionId } = await connected();
    let early: Request | undefined;
    world.tamper = async (request, next) => {
      if (early === undefined && request.url.endsWith('/agent/message')) {
        early = request.clone();
        throw new ParleyError('peer_unreachable', 'Held back.');
      }
      return next(request);
    };
    await during(world.clock, traveller.send(toHelper));
    await traveller.updateKeys(sessionId);
    world.clock.advance(30_000);
    const answer = early === undefined ? undefined : await helper.fetch(early);
    expect(await answer?.json()).toMatchObject({ code: 'unknown_epoch' });
  });
});
