import { describe, expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import type { Agent } from '../agent.ts';
import { certifySecondKey } from '../testing/second-key.ts';
import { TestWorld } from '../testing/world.ts';

const helperId = 'helper_agent_001';
const helperAddress = 'https://localhost:5001';
const toHelper = { peerId: helperId, method: 'echo', parameters: { words: 'Hello Helper!' } } as const;

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing refused it',
    (error: unknown) => (error instanceof ParleyError ? error.code : error),
  );

async function verify(agent: Agent, peerId = helperId): Promise<void> {
  const { keyFingerprint } = await agent.safetyNumber(peerId);
  await agent.markVerified(peerId, keyFingerprint);
}

/** Traveller has verified Helper, and has a session with it when `connect` says so. */
async function verified(connect: boolean) {
  const world = await TestWorld.create();
  const opened = await world.open('traveller_agent_001', 'https://localhost:5000');
  const trueHelper = await world.open(helperId, helperAddress);
  const traveller = opened.agent;
  if (connect) await traveller.connect(helperId);
  await verify(traveller);
  const mark = () => world.carried.length;
  /** What was posted to Helper's address since `from`. */
  const sentToHelper = (from: number) => world.carried.slice(from).filter(({ url }) => url.startsWith(helperAddress));
  return { world, traveller, travellerStore: opened.store, events: opened.events, trueHelper, mark, sentToHelper };
}

describe('the safety number of a peer', () => {
  test('is the same at both agents and belongs to the key, not to a session', async () => {
    const world = await TestWorld.create();
    const { traveller, helper } = await world.pair();
    const before = await traveller.safetyNumber(helperId);
    expect(before).toMatchObject({ peerId: helperId, verification: 'unverified' });
    expect(before.digits).toMatch(/^\d{60}$/);
    await traveller.connect(helperId);
    expect(await traveller.safetyNumber(helperId)).toEqual(before);
    expect((await helper.safetyNumber('traveller_agent_001')).digits).toBe(before.digits);
    expect(await codeOf(traveller.safetyNumber('nobody_here'))).toBe('unknown_agent');
  });

  test('is marked only by the fingerprint that came with it', async () => {
    const world = await TestWorld.create();
    const { traveller } = await world.pair();
    const other = 'ab:'.repeat(31).concat('ab');
    expect(await codeOf(traveller.markVerified(helperId, other))).toBe('invalid_input');
    const { keyFingerprint } = await traveller.safetyNumber(helperId);
    expect(await codeOf(traveller.markVerified(helperId, other))).toBe('invalid_input');
    expect(traveller.snapshot().verifications).toEqual([]);
    await traveller.markVerified(helperId, keyFingerprint);
    expect(traveller.snapshot().verifications).toMatchObject([
      { peerId: helperId, verification: 'verified', verifiedKeyFingerprint: keyFingerprint },
    ]);
  });
});

describe('a mark', () => {
  test('is told, listed with the peers, and can be taken off', async () => {
    const { world, traveller, events } = await verified(false);
    const told = () => events.flatMap((event) => (event.type === 'verification' ? [event.verification] : []));
    expect(told()).toMatchObject([{ verification: 'verified', verifiedAt: world.clock.now() }]);
    expect(await traveller.peers()).toMatchObject([{ agentId: helperId, verification: 'verified' }]);
    await traveller.clearVerification(helperId);
    expect(told().at(-1)).toEqual({ peerId: helperId, verification: 'unverified' });
    expect(await traveller.peers()).toMatchObject([{ agentId: helperId, verification: 'unverified' }]);
    expect(traveller.snapshot().verifications).toEqual([]);
  });

  test('survives a restart, and a certificate that is renewed for the same key', async () => {
    const { world, traveller, travellerStore, trueHelper } = await verified(false);
    const before = await traveller.safetyNumber(helperId);
    world.clock.advance(25 * 86_400_000);
    await world.open(helperId, helperAddress, { store: trueHelper.store });
    const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store: travellerStore });
    expect(await again.agent.safetyNumber(helperId)).toEqual(before);
    expect(before.verification).toBe('verified');
    expect(await again.agent.send(toHelper)).toMatchObject({ status: 'success' });
  });

  test('goes with everything else when the agent is forgotten', async () => {
    const { traveller, travellerStore } = await verified(false);
    await traveller.forget();
    expect(await travellerStore.loadVerifications()).toEqual([]);
    expect(traveller.snapshot().verifications).toEqual([]);
  });
});

describe('a Controller that certifies a second key for a verified peer', () => {
  test('is noticed at the look-up, before anything is sent to the peer', async () => {
    const { world, traveller, mark, sentToHelper } = await verified(false);
    const attack = await certifySecondKey(world);
    attack.lie();
    attack.intercept();
    const from = mark();
    expect(await codeOf(traveller.connect(helperId))).toBe('peer_key_changed');
    expect(await codeOf(traveller.send(toHelper))).toBe('peer_key_changed');
    expect(sentToHelper(from)).toEqual([]);
    expect(traveller.snapshot()).toMatchObject({
      exchanges: [{ status: 'failed', error: { code: 'peer_key_changed' } }],
      verifications: [{ peerId: helperId, verification: 'changed', seenAt: world.clock.now() }],
    });
  });

  test('is noticed in the directory’s list', async () => {
    const { world, traveller } = await verified(false);
    (await certifySecondKey(world)).lie();
    expect(await traveller.peers()).toMatchObject([{ agentId: helperId, verification: 'changed' }]);
  });

  test('is noticed in SERVER_HELLO, and no CLIENT_CONFIRM is sent', async () => {
    const { world, traveller, trueHelper, mark, sentToHelper } = await verified(false);
    const identity = await trueHelper.store.loadIdentity();
    const attack = await certifySecondKey(world, identity);
    attack.intercept();
    const from = mark();
    expect(await codeOf(traveller.connect(helperId))).toBe('peer_key_changed');
    const sent = sentToHelper(from);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.request).toContain('CLIENT_HELLO');
    expect(sent[0]?.response).toContain('SERVER_HELLO');
    expect(traveller.snapshot().sessions).toMatchObject([{ status: 'FAILED', failure: { code: 'peer_key_changed' } }]);
  });

  test('is noticed in CLIENT_HELLO, and the caller learns only that it is not trusted', async () => {
    const { world, traveller } = await verified(false);
    const { falseHelper } = await certifySecondKey(world);
    expect(await codeOf(falseHelper.connect('traveller_agent_001'))).toBe('certificate_untrusted');
    const answer = JSON.parse(world.carried.at(-1)?.response ?? '{}');
    expect(answer).toMatchObject({
      code: 'certificate_untrusted',
      detail: 'The certificates are not a pair that the pinned Controller issued.',
    });
    expect(traveller.snapshot()).toMatchObject({
      sessions: [{ status: 'FAILED', failure: { code: 'peer_key_changed' } }],
      verifications: [{ verification: 'changed' }],
    });
  });

  test('stops the sessions with the verified key too, both ways, until the person decides', async () => {
    const { world, traveller, trueHelper, mark, sentToHelper } = await verified(true);
    const { falseHelper } = await certifySecondKey(world);
    await codeOf(falseHelper.connect('traveller_agent_001'));
    const from = mark();
    expect(await codeOf(traveller.send(toHelper))).toBe('peer_key_changed');
    expect(sentToHelper(from)).toEqual([]);
    const back = { peerId: 'traveller_agent_001', method: 'echo', parameters: { words: 'Still there?' } } as const;
    expect(await codeOf(trueHelper.agent.send(back))).toBe('certificate_untrusted');
    expect(traveller.snapshot().exchanges.filter(({ direction }) => direction === 'incoming')).toEqual([]);

    // Taking the mark off is for a key that has not changed; this one has to be decided on.
    expect(await codeOf(traveller.clearVerification(helperId))).toBe('invalid_input');
    expect(traveller.snapshot().verifications).toMatchObject([{ verification: 'changed' }]);
  });

  test('does not get the answer that a person gives after the key changed', async () => {
    const { world, traveller, trueHelper } = await verified(true);
    traveller.setAnswering('person');
    const asking = codeOf(
      trueHelper.agent.send({ peerId: 'traveller_agent_001', method: 'echo', parameters: null, requestId: 'req_held' }),
    );
    while (traveller.snapshot().exchanges.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    const { falseHelper } = await certifySecondKey(world);
    await codeOf(falseHelper.connect('traveller_agent_001'));
    traveller.answer(helperId, 'req_held', { status: 'SUCCESS', result: 'for Helper alone' });
    expect(await asking).toBe('certificate_untrusted');
  });

  test('is remembered across a restart', async () => {
    const { world, traveller, travellerStore } = await verified(false);
    const attack = await certifySecondKey(world);
    attack.lie();
    await codeOf(traveller.connect(helperId));
    const { verifications } = traveller.snapshot();
    attack.undo();
    const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store: travellerStore });
    expect(again.agent.snapshot().verifications).toEqual(verifications);
    expect(await codeOf(again.agent.send(toHelper))).toBe('peer_key_changed');
  });

  test('is not noticed by an agent that has compared nothing: that is what the number is for', async () => {
    const world = await TestWorld.create();
    const { traveller, helper } = await world.pair();
    const attack = await certifySecondKey(world);
    attack.lie();
    attack.intercept();
    expect(await traveller.send(toHelper)).toMatchObject({ status: 'success' });
    // Only the comparison tells: the two people do not see the same number.
    const seen = await traveller.safetyNumber(helperId);
    attack.undo();
    expect((await helper.safetyNumber('traveller_agent_001')).digits).not.toBe(seen.digits);
  });
});

describe('a person who decides on a changed key', () => {
  test('may go on without verification: the failed request can be sent again', async () => {
    const { world, traveller } = await verified(true);
    const attack = await certifySecondKey(world);
    attack.lie();
    attack.intercept();
    await traveller.peers();
    expect(await codeOf(traveller.send({ ...toHelper, requestId: 'req_1' }))).toBe('peer_key_changed');
    await traveller.acceptChangedKey(helperId);
    expect(traveller.snapshot().verifications).toEqual([]);
    // The session with the old key is over: the next one is with the key that was accepted.
    expect(traveller.snapshot().sessions).toMatchObject([{ status: 'CLOSED', failure: { code: 'peer_key_changed' } }]);
    expect(await traveller.send({ ...toHelper, requestId: 'req_1' })).toMatchObject({ status: 'success' });
    expect(traveller.snapshot().exchanges).toHaveLength(1);
    expect(await codeOf(traveller.acceptChangedKey(helperId))).toBe('invalid_input');
  });

  test('may compare the new number and mark it', async () => {
    const { world, traveller } = await verified(false);
    const old = await traveller.safetyNumber(helperId);
    const attack = await certifySecondKey(world);
    attack.lie();
    attack.intercept();
    await traveller.peers();
    // The number shown before belongs to a key that must not be marked any more.
    expect(await codeOf(traveller.markVerified(helperId, old.keyFingerprint))).toBe('invalid_input');
    const now = await traveller.safetyNumber(helperId);
    expect(now).toMatchObject({ verification: 'changed', verifiedKeyFingerprint: old.keyFingerprint });
    expect(now.keyFingerprint).toBe(now.changedKeyFingerprint);
    expect(now.digits).not.toBe(old.digits);
    await traveller.markVerified(helperId, now.keyFingerprint);
    expect(await traveller.send(toHelper)).toMatchObject({ status: 'success' });
    attack.undo();
    expect(await traveller.peers()).toMatchObject([{ verification: 'changed' }]);
  });

  test('is not asked again: what resumes a session under the key before is forgotten with it', async () => {
    const { world, traveller, travellerStore } = await verified(true);
    await traveller.send(toHelper);
    const attack = await certifySecondKey(world);
    await traveller.stop();
    attack.lie();
    attack.intercept();
    const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store: travellerStore });
    await again.agent.peers();
    const { keyFingerprint, verification } = await again.agent.safetyNumber(helperId);
    expect(verification).toBe('changed');
    await again.agent.markVerified(helperId, keyFingerprint);
    expect(await again.agent.send(toHelper)).toMatchObject({ status: 'success' });
    expect(again.agent.snapshot().verifications).toMatchObject([
      { verification: 'verified', verifiedKeyFingerprint: keyFingerprint },
    ]);
  });
});
