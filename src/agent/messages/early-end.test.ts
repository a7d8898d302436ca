import { expect, test } from 'vitest';
import type { Agent } from '../agent.ts';
import { gate } from '../testing/gate.ts';
import { addresses, names, Pair } from '../testing/pair.ts';
import { MethodRegistry } from './methods.ts';

const toHelper = { peerId: names.helper, method: 'hold', parameters: 'Hello' } as const;
const shown = (agent: Agent) =>
  agent
    .snapshot()
    .exchanges.filter(({ direction }) => direction === 'outgoing')
    .at(-1);

/** Two agents, of which Helper answers `hold` when its gate opens. */
async function holding() {
  const methods = new MethodRegistry();
  const held = gate();
  const heard = { runs: 0 };
  methods.register('hold', async (said) => {
    heard.runs += 1;
    await held.opened;
    return said;
  });
  const pair = await Pair.connected(undefined, { helper: { methods } });
  return { pair, held, heard, traveller: pair.agent('traveller') };
}

test('a signal that has aborted before stops the request before anything is stored or sent', async () => {
  const { pair, traveller } = await holding();
  const before = pair.world.carried.length;
  const why = new RangeError('Not today.');
  await expect(traveller.send({ ...toHelper, signal: AbortSignal.abort(why) })).rejects.toBe(why);
  expect(pair.world.carried).toHaveLength(before);
  expect((await traveller.historyService.history.page(names.helper)).exchanges.map(({ method }) => method)).toEqual([
    'ping',
  ]);
});

test('a signal that aborts while the peer is at it ends the request with its reason, and the peer may have run it', async () => {
  const { pair, traveller, heard } = await holding();
  const stopping = new AbortController();
  const sending = traveller.send({ ...toHelper, signal: stopping.signal });
  await pair.passing(() => (heard.runs === 1 ? true : undefined));
  stopping.abort();
  await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
  expect(shown(traveller)).toMatchObject({ status: 'failed', error: { code: 'cancelled' } });
  expect(shown(traveller)?.error?.detail).toContain('may have received it');
  expect(shown(traveller)).not.toHaveProperty('waiting');
  const stored = (await traveller.historyService.history.page(names.helper)).exchanges.at(-1);
  expect(stored).toMatchObject({ status: 'failed', error: { code: 'cancelled' } });
  const attempt = traveller.snapshot().wire.at(-1);
  expect(attempt).toMatchObject({ failure: { code: 'cancelled' } });
  expect(attempt?.responseBody).toBeUndefined();
});

test('a signal that aborts after the answer changes nothing', async () => {
  const { pair, held, traveller } = await holding();
  held.open();
  const stopping = new AbortController();
  const answered = await pair.during(traveller.send({ ...toHelper, signal: stopping.signal }));
  stopping.abort();
  expect(answered.status).toBe('success');
  expect(shown(traveller)?.status).toBe('success');
});

test('a timeout ends the request with timed_out, and leaves no timer behind', async () => {
  const { pair, traveller } = await holding();
  const timers = pair.world.clock.waiting;
  const sending = traveller.send({ ...toHelper, timeout: 5_000 });
  await expect(pair.during(sending)).rejects.toMatchObject({ code: 'timed_out' });
  expect(shown(traveller)).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
  // Helper's own timer for its handler runs on.
  expect(pair.world.clock.waiting).toBeLessThanOrEqual(timers + 1);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a timeout of %d is refused', async (timeout) => {
  const { traveller } = await holding();
  await expect(traveller.send({ ...toHelper, timeout })).rejects.toMatchObject({ code: 'invalid_input' });
});

test('a request that waits for its turn is cancelled without being sent, and the one behind it goes on', async () => {
  const { pair, held, heard, traveller } = await holding();
  const first = Array.from({ length: 60 }, () => traveller.send(toHelper));
  const cancelled = traveller.send({ ...toHelper, requestId: 'cancelled' });
  const behind = traveller.send({ ...toHelper, requestId: 'behind' });
  await pair.passing(() => (heard.runs === 60 ? true : undefined));
  traveller.cancel(names.helper, 'cancelled');
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled', detail: expect.stringContaining('was not sent') });
  held.open();
  await pair.during(Promise.all([...first, behind]));
  expect(heard.runs).toBe(61);
  expect(
    pair
      .agent('helper')
      .snapshot()
      .exchanges.some(({ requestId }) => requestId === 'cancelled'),
  ).toBe(false);
});

test('cancelling frees its place, and what is no longer under way cannot be cancelled', async () => {
  const { pair, held, heard, traveller } = await holding();
  const first = Array.from({ length: 60 }, (_, n) => traveller.send({ ...toHelper, requestId: `held_${n}` }));
  const behind = traveller.send({ ...toHelper, requestId: 'behind' });
  await pair.passing(() => (heard.runs === 60 ? true : undefined));
  traveller.cancel(names.helper, 'held_7');
  await expect(first[7]).rejects.toMatchObject({ code: 'cancelled' });
  await pair.passing(() => (heard.runs === 61 ? true : undefined));
  expect(() => traveller.cancel(names.helper, 'held_7')).toThrow(/invalid_input/);
  held.open();
  await pair.during(Promise.allSettled([...first, behind]));
  expect((await behind).status).toBe('success');
});

test('one of an earlier run that has not been sent again yet is cancelled', async () => {
  const { pair, traveller } = await holding();
  await pair.leave('helper');
  for (const requestId of ['one', 'two']) void traveller.send({ ...toHelper, requestId }).catch(() => undefined);
  await pair.passing(() => (shown(traveller)?.requestId === 'two' ? true : undefined));
  const again = await pair.restart('traveller');
  await pair.passing(() => (shown(again)?.requestId === 'two' ? true : undefined));
  again.cancel(names.helper, 'two');
  again.cancel(names.helper, 'one');
  const outgoing = () => again.snapshot().exchanges.filter(({ method }) => method === 'hold');
  await pair.passing(() => (outgoing().every(({ status }) => status === 'failed') ? true : undefined));
  expect(outgoing().map(({ error }) => error?.code)).toEqual(['cancelled', 'cancelled']);
});

test('a request to a peer that does not answer says until when it is tried, at once, and Cancel ends the tries', async () => {
  const { pair, traveller, held } = await holding();
  pair.world.agents.delete(addresses.helper);
  const started = pair.world.clock.now();
  const sending = traveller.send({ ...toHelper, requestId: 'one' });
  await pair.passing(() => (shown(traveller)?.waiting?.for === 'peer' ? true : undefined));
  expect(pair.world.clock.now() - started).toBeLessThan(1_000);
  const until = shown(traveller)?.waiting;
  expect(until).toMatchObject({ failure: { code: 'peer_unreachable' }, until: expect.any(Number) });
  expect(traveller.snapshot().sessions[0]).toMatchObject({ unreachable: true });
  await pair.pass(3_000);
  expect(shown(traveller)?.waiting).toEqual(until);
  traveller.cancel(names.helper, 'one');
  await expect(sending).rejects.toMatchObject({ code: 'cancelled' });
  const posted = () => pair.world.carried.filter(({ url }) => url.startsWith(addresses.helper)).length;
  const before = posted();
  await pair.pass(30_000);
  expect(posted()).toBe(before);
  // It is not told later, when it is there: the same request may be sent again, and runs.
  pair.world.agents.set(addresses.helper, pair.agent('helper'));
  const again = traveller.send({ ...toHelper, requestId: 'one' });
  held.open();
  expect((await pair.during(again)).status).toBe('success');
});

test('a peer that does not answer is tried for 20 seconds, and reached when it comes back within them', async () => {
  const { pair, traveller, held } = await holding();
  held.open();
  pair.world.agents.delete(addresses.helper);
  const started = pair.world.clock.now();
  await expect(pair.during(traveller.send(toHelper))).rejects.toMatchObject({ code: 'peer_unreachable' });
  const took = pair.world.clock.now() - started;
  expect(took).toBeGreaterThanOrEqual(20_000);
  expect(took).toBeLessThan(22_000);
  const sending = traveller.send(toHelper);
  await pair.pass(12_000);
  pair.world.agents.set(addresses.helper, pair.agent('helper'));
  expect(await pair.during(sending)).toMatchObject({ status: 'success' });
});

test('a peer without a session is tried in the same way', async () => {
  const { pair, traveller, held } = await holding();
  held.open();
  await traveller.disconnect(pair.first.sessionId);
  pair.world.agents.delete(addresses.helper);
  const sending = traveller.send(toHelper);
  await pair.passing(() => (shown(traveller)?.waiting?.for === 'peer' ? true : undefined));
  pair.world.agents.set(addresses.helper, pair.agent('helper'));
  expect(await pair.during(sending)).toMatchObject({ status: 'success' });
});
