import { expect, test } from 'vitest';
import type { Scheduler } from './contracts/ports.ts';
import { addresses, living, names, Pair } from './testing/pair.ts';

/** Timers that come late: those of a hidden tab, or of a machine that slept. */
const late: Scheduler = { after: () => ({ cancel: () => undefined }) };

const post = (pair: Pair, path: 'handshake' | 'message', body: string) =>
  pair.agent('helper').fetch(new Request(`${addresses.helper}/agent/${path}`, { method: 'POST', body }));
const outcome = async (response: Response) => ({ status: response.status, code: (await response.json()).code });

test('a half-open handshake ends after 30 s, also where timers come late', async () => {
  const pair = await Pair.connected(undefined, { helper: { scheduler: late } });
  await pair.agent('traveller').disconnect(pair.first.sessionId);
  pair.world.tamper = async (request, next) => {
    if ((await request.clone().text()).includes('CLIENT_CONFIRM')) pair.world.clock.advance(31_000);
    return next(request);
  };
  await expect(pair.agent('traveller').connect(names.helper)).rejects.toMatchObject({ code: 'session_conflict' });
  const [failed] = pair
    .agent('helper')
    .snapshot()
    .sessions.filter(({ status }) => status === 'FAILED');
  expect(failed?.failure?.code).toBe('answer_timeout');
  expect(living(pair.agent('helper'))).toEqual([]);
});

test('half-open handshakes whose time is over take no place, also where timers come late', async () => {
  const limits = { sessions: 100, halfOpen: 100, halfOpenPerPeer: 1 };
  const pair = await Pair.connected(undefined, { helper: { scheduler: late, limits } });
  await pair.agent('traveller').disconnect(pair.first.sessionId);
  pair.world.tamper = async (request, next) => {
    const isConfirm = (await request.clone().text()).includes('CLIENT_CONFIRM');
    return isConfirm ? new Response('lost', { status: 502 }) : next(request);
  };
  const connect = () => pair.agent('traveller').connect(names.helper);
  await expect(connect()).rejects.toMatchObject({ code: 'peer_unreachable' });
  await expect(connect()).rejects.toMatchObject({ code: 'session_limit_reached' });
  pair.world.clock.advance(31_000);
  await expect(connect()).rejects.toMatchObject({ code: 'peer_unreachable' });
});

test('a session that was resumed takes in nothing after 30 s, also where timers come late', async () => {
  const pair = await Pair.connected(undefined, { helper: { scheduler: late } });
  const held: string[] = [];
  pair.world.tamper = async (request, next) => {
    if (!request.url.endsWith('/agent/message')) return next(request);
    held.push(await request.text());
    return new Response('lost', { status: 502 });
  };
  const asking = pair.agent('traveller').send({ peerId: names.helper, method: 'ping', parameters: null });
  asking.catch(() => undefined);
  await pair.passing(() => (held.length >= 2 ? true : undefined));
  pair.world.tamper = (request, next) => next(request);
  await pair.restart('traveller');
  await pair.resumed('traveller');
  const [first = '', second = ''] = held;
  expect(await outcome(await post(pair, 'message', first))).toMatchObject({ status: 200 });
  pair.world.clock.advance(31_000);
  expect(await outcome(await post(pair, 'message', second))).toEqual({ status: 410, code: 'session_closed' });
});
