import { expect, test } from 'vitest';
import { type ErrorCode, ParleyError } from '../../protocol/errors.ts';
import type { ExchangeView } from '../contracts/views.ts';
import { TestClock } from '../testing/clock.ts';
import { Sending } from './sending.ts';
import { patienceMs, Tries, tryForMs } from './tries.ts';

const request: ExchangeView = {
  requestId: 'one',
  sessionId: '',
  peerId: 'helper_agent_001',
  direction: 'outgoing',
  method: 'echo',
  parameters: null,
  at: 0,
  status: 'pending',
};

/** A request under way, a directory whose answers the test gives, and an own connection that it breaks. */
function world() {
  const clock = new TestClock(1_790_000_000_000);
  const shown: ExchangeView[] = [];
  const sending = new Sending(request, {}, { scheduler: clock, put: (exchange) => shown.push(exchange) });
  sending.show(request, { for: 'turn' });
  const looks: ((isOffline: boolean) => void)[] = [];
  const line = { isInterrupted: false, settled: async () => undefined, forwards: () => false };
  const deps = {
    environment: { now: clock.now, random: (length: number) => new Uint8Array(length) },
    scheduler: clock,
    presence: { isOffline: () => new Promise<boolean>((resolve) => looks.push(resolve)) },
    ownConnection: line,
  };
  const tries = new Tries(deps, sending);
  /** Begins the pause after a try that failed; what it has come to is in the function that it returns. */
  const pauseAfter = (code: ErrorCode, retryAfter?: number) => {
    let state: 'pauses' | 'goes on' | 'gives up' = 'pauses';
    tries.begin('https://helper.test');
    const error = new ParleyError(code, 'Not now.', retryAfter === undefined ? {} : { retryAfter });
    void tries.after(error, true).then(
      () => {
        state = 'goes on';
      },
      () => {
        state = 'gives up';
      },
    );
    return async () => {
      await settle();
      return state;
    };
  };
  return { clock, shown, sending, looks, line, tries, pauseAfter };
}

/** Lets what has been settled be heard of. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a look at the directory that is answered after the request shows nothing, and leaves no timer', async () => {
  const { clock, shown, sending, looks, tries } = world();
  tries.begin('https://helper.test');
  clock.advance(1_000);
  expect(looks).toHaveLength(1);
  tries.end();
  const before = shown.length;
  for (const answer of looks) answer(true);
  await settle();
  expect(clock.waiting).toBe(0);
  expect(shown).toHaveLength(before);
  sending.over();
  sending.waitsFor({ for: 'answer', until: 0 });
  sending.using('another');
  expect(shown).toHaveLength(before);
});

test('a peer that comes back ends the pause after a lost answer', async () => {
  const { sending, pauseAfter } = world();
  const state = pauseAfter('peer_unreachable');
  expect(sending.asksForPeer).toBe(true);
  sending.presence.emit(true);
  expect(await state()).toBe('goes on');
});

test.each<[ErrorCode, number | undefined]>([
  ['rate_limited', 30],
  ['session_limit_reached', undefined],
  ['unavailable', 5],
])('a pause after %s for as long as its sender has said, %s s, is kept to', async (code, retryAfter) => {
  const { clock, sending, pauseAfter } = world();
  const state = pauseAfter(code, retryAfter);
  sending.presence.emit(true);
  expect(await state()).toBe('pauses');
  clock.advance(1_000 * (retryAfter ?? 1));
  expect(await state()).toBe('goes on');
});

test('the end of the time for a lost peer ends no pause that somebody asked for, and each other one', async () => {
  const { clock, sending, pauseAfter } = world();
  expect(sending.asksForPeer).toBe(false);
  const lost = pauseAfter('peer_unreachable');
  clock.advance(1_000);
  expect(await lost()).toBe('goes on');
  const refused = pauseAfter('rate_limited', 60);
  expect(sending.asksForPeer).toBe(false);
  clock.advance(tryForMs);
  expect(await refused()).toBe('pauses');
  clock.advance(60_000);
  expect(await refused()).toBe('goes on');
  expect(await pauseAfter('peer_unreachable')()).toBe('gives up');
});

test('a peer that asks for more time than it is tried for is given up in time', async () => {
  const { clock, pauseAfter } = world();
  const state = pauseAfter('unavailable', 60);
  clock.advance(tryForMs - 1);
  expect(await state()).toBe('pauses');
  clock.advance(1);
  expect(await state()).toBe('gives up');
});

test('an own connection that stays away is waited for as long as there is patience, though nobody asked for it before', async () => {
  const { clock, line, tries } = world();
  line.isInterrupted = true;
  const fail = () => {
    tries.begin(undefined);
    return tries.after(new ParleyError('controller_unreachable', 'The Controller does not answer.'), false);
  };
  await fail();
  clock.advance(patienceMs - 1);
  await fail();
  clock.advance(1);
  await expect(fail()).rejects.toMatchObject({ code: 'controller_unreachable' });
});
