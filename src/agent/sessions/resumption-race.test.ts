import { expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { gate } from '../testing/gate.ts';
import { addresses, living, names, Pair, type Who } from '../testing/pair.ts';

const both = ['traveller', 'helper'] as const;
const other = { traveller: 'helper', helper: 'traveller' } as const;

const ask = (pair: Pair, from: Who) =>
  pair.agent(from).send({ peerId: names[other[from]], method: 'echo', parameters: null });

async function typeOf(request: Request): Promise<unknown> {
  const text = await request.clone().text();
  return text === '' ? undefined : JSON.parse(text).message_type;
}

/** Both have come back and each knows only its record; Traveller was the client. Nobody resumes by itself. */
async function bothBack(): Promise<Pair> {
  const pair = await Pair.connected(undefined, { traveller: { isQuiet: true }, helper: { isQuiet: true } });
  for (const who of both) await pair.leave(who);
  for (const who of both) await pair.comeBack(who);
  return pair;
}

const sharedSession = (pair: Pair) => {
  const [there, here] = both.map((who) => living(pair.agent(who)));
  return there?.length === 1 && here?.length === 1 && there[0]?.sessionId === here[0]?.sessionId ? there[0] : undefined;
};

test('the hello of the former client stands while the other side’s is under way, and nobody uses an RSA key', async () => {
  const pair = await bothBack();
  const sent = gate();
  const held = gate();
  pair.world.tamper = async (request, next) => {
    if ((await typeOf(request)) === 'RESUME_HELLO' && request.url.startsWith(addresses.traveller)) {
      sent.open();
      await held.opened;
    }
    return next(request);
  };
  const fromHelper = ask(pair, 'helper');
  // It waits for the former client first, and then goes on by itself.
  await pair.during(sent.opened);
  const fromTraveller = ask(pair, 'traveller');
  await pair.passing(() => (living(pair.agent('traveller')).length === 1 ? true : undefined));
  held.open();
  const [there, back] = await Promise.all([fromTraveller, fromHelper]);
  expect([there.status, back.status]).toEqual(['success', 'success']);
  expect(sharedSession(pair)).toMatchObject({ role: 'client', resumes: pair.first.sessionId });
  expect(pair.rsa).toEqual([]);
});

test.each(both)(
  'when the peer’s hello uses the record up before %s has sent its own, its session is waited for',
  async (who) => {
    const pair = await bothBack();
    const asked = gate();
    const held = gate();
    let isHeld = false;
    pair.world.tamper = async (request, next) => {
      // The first look of this side into the directory takes long.
      if (!isHeld && request.url.endsWith(`/controller/agents/${names[other[who]]}`)) {
        isHeld = true;
        asked.open();
        await held.opened;
      }
      return next(request);
    };
    const mine = ask(pair, who);
    await pair.during(asked.opened);
    const theirs = ask(pair, other[who]);
    await pair.passing(() => (living(pair.agent(other[who])).length === 1 ? true : undefined));
    held.open();
    const answered = await Promise.all([mine, theirs]);
    expect(answered.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(sharedSession(pair)).toMatchObject({ resumes: pair.first.sessionId });
    expect(pair.rsa).toEqual([]);
  },
);

test.each([
  'resumption_unknown',
  'session_conflict',
  'replayed_nonce',
  'session_limit_reached',
  'rate_limited',
  'certificate_revoked',
  'key_exchange_failed',
  'internal_error',
])('the other side waits for the former client’s session when its own hello was answered %s', async (code) => {
  const pair = await bothBack();
  const answered = gate();
  pair.world.tamper = async (request, next) => {
    if ((await typeOf(request)) !== 'RESUME_HELLO' || !request.url.startsWith(addresses.traveller))
      return next(request);
    answered.open();
    return Response.json({ code, detail: 'The record was used up.' }, { status: 409 });
  };
  const fromHelper = ask(pair, 'helper');
  await pair.during(answered.opened);
  await pair.pass(5_000);
  expect(pair.rsa).toEqual([]);
  const fromTraveller = ask(pair, 'traveller');
  const done = await Promise.all([fromTraveller, fromHelper]);
  expect(done.map(({ status }) => status)).toEqual(['success', 'success']);
  expect(sharedSession(pair)).toMatchObject({ role: 'client', resumes: pair.first.sessionId });
  expect(pair.rsa).toEqual([]);
});

test('it waits 10 s at most, and then makes a full handshake; a hello that is late finds nothing to resume', async () => {
  const pair = await bothBack();
  const answered = gate();
  let late: Request | undefined;
  pair.world.tamper = async (request, next) => {
    if ((await typeOf(request)) !== 'RESUME_HELLO') return next(request);
    if (request.url.startsWith(addresses.helper)) {
      late = request.clone();
      throw new ParleyError('peer_unreachable', 'It was held back.');
    }
    answered.open();
    return Response.json({ code: 'resumption_unknown' }, { status: 404 });
  };
  const fromHelper = ask(pair, 'helper');
  await pair.during(answered.opened);
  const start = pair.world.clock.now();
  await pair.passing(() => (pair.rsa.length > 0 ? true : undefined));
  expect(pair.world.clock.now() - start).toBeGreaterThanOrEqual(10_000);
  expect(pair.world.clock.now() - start).toBeLessThan(12_000);
  expect((await pair.during(fromHelper)).status).toBe('success');
  pair.world.tamper = (request, next) => next(request);
  expect(late).toBeUndefined();
});

test.each(both)('a peer at an address of its own is resumed with, whatever the directory calls it: %s', async (who) => {
  const pair = await bothBack();
  pair.world.tamper = async (request, next) => {
    const response = await next(request);
    if (!request.url.includes('/controller/agents/')) return response;
    return Response.json({ ...(await response.json()), online: false });
  };
  expect((await pair.during(ask(pair, who))).status).toBe('success');
  expect(living(pair.agent(who))).toMatchObject([{ resumes: pair.first.sessionId }]);
  expect(pair.rsa).toEqual([]);
});

test.each([
  ['nobody', () => Promise.reject(new ParleyError('peer_unreachable', 'Nobody is there.'))],
  ['its relay', async () => Response.json({ code: 'peer_unreachable' }, { status: 502 })],
  ['its relay, which does not know it', async () => Response.json({ code: 'unknown_agent' }, { status: 404 })],
  ['a proxy', async () => new Response('<html>502</html>', { status: 502, headers: { 'content-type': 'text/html' } })],
])('a record is not spent where %s answers for the peer', async (_, answer) => {
  const pair = await bothBack();
  pair.world.tamper = async (request, next) => (request.url.startsWith(addresses.helper) ? answer() : next(request));
  pair.world.agents.delete(addresses.helper);
  await expect(pair.during(ask(pair, 'traveller'))).rejects.toBeInstanceOf(ParleyError);
  expect((await pair.store('traveller').loadResumptions()).map(({ sessionId }) => sessionId)).toEqual([
    pair.first.sessionId,
  ]);
});
