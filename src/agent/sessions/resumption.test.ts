import { describe, expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import type { Agent } from '../agent.ts';
import { addresses, living, names, Pair, type Who } from '../testing/pair.ts';
import { until } from '../testing/until.ts';

const toHelper = { peerId: names.helper, method: 'echo', parameters: { words: 'Hello Helper!' } } as const;
const toTraveller = { peerId: names.traveller, method: 'echo', parameters: { words: 'Hello Traveller!' } } as const;

const codesOf = (agent: Agent) => agent.snapshot().sessions.flatMap(({ failure }) => failure?.code ?? []);
const incoming = (agent: Agent) => agent.snapshot().exchanges.filter(({ direction }) => direction === 'incoming');

describe('after a restart', () => {
  test.each(['traveller', 'helper'] as const)('of %s the session is resumed by itself, without RSA', async (who) => {
    const pair = await Pair.connected();
    await pair.restart(who);
    const session = await pair.resumed(who);
    expect(session).toMatchObject({ resumes: pair.first.sessionId, role: 'client' });
    expect(pair.rsa).toEqual([]);
    const other = who === 'traveller' ? 'helper' : 'traveller';
    const theirs = living(pair.agent(other)).find(({ sessionId }) => sessionId === session.sessionId);
    expect(theirs).toMatchObject({ role: 'server', resumes: pair.first.sessionId });
    expect(theirs?.keyFingerprint).toBe(session.keyFingerprint);
    const there = await pair.agent('traveller').send(toHelper);
    const back = await pair.agent('helper').send(toTraveller);
    expect([there.sessionId, back.sessionId]).toEqual([session.sessionId, session.sessionId]);
    // The session that was resumed takes in what is under way for 30 s and is then over.
    pair.world.clock.advance(30_000);
    expect(living(pair.agent(other)).map(({ sessionId }) => sessionId)).toEqual([session.sessionId]);
  });

  test('a session is resumed 1,000 times in a row at most, then a full handshake begins anew what its evidence rests on', async () => {
    const pair = await Pair.connected();
    await pair.leave('traveller');
    const store = pair.store('traveller');
    for (const record of await store.loadResumptions()) await store.saveResumption({ ...record, resumed: 999 });
    await pair.comeBack('traveller');
    const last = await pair.resumed('traveller');
    expect(pair.rsa).toEqual([]);
    expect((await store.loadResumptions()).filter(({ sessionId }) => sessionId === last.sessionId)).toEqual([]);
    await pair.restart('traveller');
    await pair.agent('traveller').send(toHelper);
    expect(living(pair.agent('traveller')).map(({ resumes }) => resumes)).toEqual([undefined]);
    expect(pair.rsa).not.toEqual([]);
    const kept = async () => (await store.loadResumptions()).find(({ resumed }) => resumed === 0);
    expect(await until(kept)).toBeDefined();
  });

  test('of both at once the former client resumes, without RSA, once', async () => {
    const pair = await Pair.connected();
    await pair.leave('traveller');
    await pair.leave('helper');
    await Promise.all([pair.comeBack('traveller'), pair.comeBack('helper')]);
    const session = await pair.resumed('helper');
    await pair.pass(20_000);
    expect(session.role).toBe('server');
    expect(pair.rsa).toEqual([]);
    for (const who of ['traveller', 'helper'] as const) expect(living(pair.agent(who))).toHaveLength(1);
    await pair.agent('helper').send(toTraveller);
    expect(pair.rsa).toEqual([]);
  });

  test('it waits for a peer that is away, and uses nothing up meanwhile', async () => {
    const pair = await Pair.connected();
    await pair.leave('helper');
    await pair.restart('traveller');
    await pair.pass(3_000);
    expect(living(pair.agent('traveller'))).toEqual([]);
    await pair.comeBack('helper');
    expect((await pair.resumed('traveller')).resumes).toBe(pair.first.sessionId);
    expect(pair.rsa).toEqual([]);
  });

  test('a request that finds the session gone goes on in a resumed one and runs once', async () => {
    const pair = await Pair.connected();
    await pair.restart('helper');
    const answered = await pair.agent('traveller').send(toHelper);
    expect(answered.status).toBe('success');
    expect(pair.rsa).toEqual([]);
    expect(incoming(pair.agent('helper')).filter(({ requestId }) => requestId === answered.requestId)).toHaveLength(1);
    expect(living(pair.agent('helper'))).toHaveLength(1);
  });

  test('a request to a client that is coming back waits for it, so that both do not resume at once', async () => {
    const pair = await Pair.connected();
    await pair.restart('traveller');
    const sending = pair.agent('helper').send(toTraveller);
    await pair.resumed('traveller');
    expect((await sending).status).toBe('success');
    expect(pair.rsa).toEqual([]);
    expect(living(pair.agent('traveller'))).toHaveLength(1);
  });

  test('and again, from session to session', async () => {
    const pair = await Pair.connected();
    let before = pair.first.sessionId;
    for (const who of ['traveller', 'traveller', 'helper', 'traveller'] as const) {
      await pair.restart(who);
      const session = await pair.passing(() => living(pair.agent(who)).find(({ resumes }) => resumes === before));
      before = session.sessionId;
    }
    expect(pair.rsa).toEqual([]);
    expect((await pair.agent('helper').send(toTraveller)).sessionId).toBe(before);
  });

  test('in a later epoch the resumption is that epoch’s, and the one before is gone', async () => {
    const pair = await Pair.connected();
    const [before] = await pair.store('traveller').loadResumptions();
    await pair.agent('traveller').updateKeys(pair.first.sessionId);
    const [after, ...more] = await until(async () => {
      const activity = await pair.store('traveller').loadResumptions();
      return activity.some(({ resumptionId }) => resumptionId === before?.resumptionId) ? undefined : activity;
    });
    expect(more).toEqual([]);
    expect(after?.sessionId).toBe(pair.first.sessionId);
    await pair.restart('traveller');
    await pair.resumed('traveller');
    expect(pair.rsa).toEqual([]);
  });
});

describe('a full handshake follows by itself', () => {
  test('when the answer is lost, and the record is gone on both sides', async () => {
    const pair = await Pair.connected();
    await pair.restart('traveller');
    pair.world.tamper = async (request, next) => {
      const isResumption = (await request.clone().text()).includes('RESUME_HELLO');
      const response = await next(request);
      if (isResumption) throw new ParleyError('peer_unreachable', 'The answer was lost.');
      return response;
    };
    const answered = await pair.agent('traveller').send(toHelper);
    expect(answered.status).toBe('success');
    expect(pair.rsa).not.toEqual([]);
    expect(codesOf(pair.agent('traveller'))).toEqual(['peer_unreachable']);
    const kept = async (who: Who) => (await pair.store(who).loadResumptions()).map(({ sessionId }) => sessionId);
    expect(await kept('traveller')).not.toContain(pair.first.sessionId);
    expect(await kept('helper')).not.toContain(pair.first.sessionId);
  });

  test('when a resumption is altered on its way', async () => {
    const pair = await Pair.connected();
    await pair.restart('traveller');
    pair.world.tamper = async (request, next) => {
      const text = await request.clone().text();
      if (!text.includes('RESUME_HELLO')) return next(request);
      const other = text.replace(/"nonce":"..../, '"nonce":"AAAA');
      return next(new Request(request.url, { method: 'POST', headers: request.headers, body: other }));
    };
    expect((await pair.agent('traveller').send(toHelper)).status).toBe('success');
    expect(codesOf(pair.agent('traveller'))).toEqual(['resumption_unknown']);
    expect(codesOf(pair.agent('helper'))).toEqual(['resumption_unknown']);
  });

  test('when both resume at the same moment', async () => {
    const pair = await Pair.connected();
    await Promise.all([pair.restart('traveller'), pair.restart('helper')]);
    const [there, back] = await Promise.all([
      pair.agent('traveller').send(toHelper),
      pair.agent('helper').send(toTraveller),
    ]);
    expect([there.status, back.status]).toEqual(['success', 'success']);
  });

  test('when the record is older than 24 hours', async () => {
    const pair = await Pair.connected();
    await pair.leave('traveller');
    pair.world.clock.advance(24 * 3_600_000);
    await pair.comeBack('traveller');
    expect((await pair.agent('traveller').send(toHelper)).status).toBe('success');
    expect(pair.rsa).not.toEqual([]);
    expect(living(pair.agent('traveller'))).toHaveLength(1);
  });

  test('when the session ended by itself, it is resumed instead, for as long as 24 hours', async () => {
    const pair = await Pair.connected();
    pair.world.clock.advance(3_700_000);
    expect((await pair.agent('traveller').send(toHelper)).status).toBe('success');
    expect(pair.rsa).toEqual([]);
  });
});

describe('what somebody on the wire answers to a resumption', () => {
  test.each(['peer_key_changed', 'certificate_revoked', 'session_limit_reached'])(
    '%s, is not taken for what this agent has found: a full handshake follows',
    async (code) => {
      const pair = await Pair.connected();
      await pair.restart('traveller');
      pair.world.tamper = async (request, next) =>
        (await request.clone().text()).includes('RESUME_HELLO')
          ? Response.json({ code, detail: 'Forged words.' }, { status: 401 })
          : next(request);
      expect((await pair.agent('traveller').send(toHelper)).status).toBe('success');
    },
  );
});

describe('nothing is resumed', () => {
  test('from an older session, once a later one was disconnected', async () => {
    const pair = await Pair.connected();
    await pair.restart('traveller');
    const { sessionId } = await pair.resumed('traveller');
    await pair.agent('traveller').disconnect(sessionId);
    for (const who of ['traveller', 'helper'] as const) expect(await pair.store(who).loadResumptions()).toEqual([]);
  });

  test('from a record whose 24 hours are over: it is dropped while the agent runs', async () => {
    const pair = await Pair.connected();
    pair.world.clock.advance(24 * 3_600_000);
    for (const who of ['traveller', 'helper'] as const) {
      await until(async () => ((await pair.store(who).loadResumptions()).length === 0 ? true : undefined));
    }
  });

  test('by a hello that was held back until a full handshake had been made', async () => {
    const pair = await Pair.connected();
    await pair.restart('traveller');
    let held: Request | undefined;
    pair.world.tamper = async (request, next) => {
      if (!(await request.clone().text()).includes('RESUME_HELLO')) return next(request);
      held = request;
      throw new ParleyError('peer_unreachable', 'It was held back.');
    };
    expect((await pair.agent('traveller').send(toHelper)).status).toBe('success');
    if (held === undefined) throw new Error('no resumption was tried');
    expect((await (await pair.agent('helper').fetch(held)).json()).code).toBe('resumption_unknown');
  });

  test('once somebody has disconnected: the record is gone on both sides', async () => {
    const pair = await Pair.connected();
    await pair.agent('helper').disconnect(pair.first.sessionId);
    for (const who of ['traveller', 'helper'] as const) expect(await pair.store(who).loadResumptions()).toEqual([]);
    await pair.agent('traveller').send(toHelper);
    expect(pair.rsa).not.toEqual([]);
  });

  test('with a peer whose certificate was revoked meanwhile', async () => {
    const pair = await Pair.connected();
    await pair.leave('traveller');
    await pair.world.revoke(names.helper);
    const carriedBefore = pair.world.carried.length;
    await pair.comeBack('traveller');
    await expect(pair.agent('traveller').send(toHelper)).rejects.toMatchObject({ code: 'certificate_revoked' });
    const sent = pair.world.carried.slice(carriedBefore).filter(({ url }) => url.startsWith(addresses.helper));
    expect(sent).toEqual([]);
    expect((await pair.store('traveller').loadResumptions()).map(({ peerId }) => peerId)).toEqual([]);
  });

  test('of an agent that was forgotten', async () => {
    const pair = await Pair.connected();
    await pair.agent('traveller').forget();
    expect(await pair.store('traveller').loadResumptions()).toEqual([]);
  });
});

test('a hello that is replayed after it was accepted is refused, also after a restart', async () => {
  const pair = await Pair.connected();
  await pair.restart('traveller');
  await pair.resumed('traveller');
  const hello = pair.world.carried.find(({ request }) => request.includes('RESUME_HELLO'));
  if (hello === undefined) throw new Error('no resumption was carried');
  const again = () =>
    pair.agent('helper').fetch(
      new Request(hello.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: hello.request,
      }),
    );
  for (const restart of [false, true]) {
    if (restart) await pair.restart('helper');
    const answer = await again();
    expect([answer.status, (await answer.json()).code]).toEqual([409, 'replayed_nonce']);
  }
});
