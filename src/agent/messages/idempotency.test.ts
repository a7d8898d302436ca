import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { gate } from '../testing/gate.ts';
import { addresses, living, names, Pair } from '../testing/pair.ts';
import { until } from '../testing/until.ts';
import { MethodRegistry } from './methods.ts';

const happenings = {
  nothing: async () => undefined,
  'another session': async (pair: Pair) => {
    await pair.agent('traveller').connect(names.helper);
  },
  'a disconnect': async (pair: Pair) => {
    for (const { sessionId } of living(pair.agent('traveller'))) {
      // A receiver that has restarted does not know the session that was resumed, and says so.
      await pair
        .agent('traveller')
        .disconnect(sessionId)
        .catch(() => undefined);
    }
  },
  'a restart of the receiver': async (pair: Pair) => {
    await pair.restart('helper');
  },
  'a restart of the sender': async (pair: Pair) => {
    await pair.restart('traveller');
  },
  'an hour': async (pair: Pair) => {
    pair.world.clock.advance(3_600_000);
  },
} as const;

const counting = () => {
  const methods = new MethodRegistry();
  let runs = 0;
  methods.register('ping', () => null);
  methods.register('count', () => ++runs);
  return methods;
};

test('a request_id runs once and gets the same answer, whatever happens between its repetitions', async () => {
  const some = fc.array(fc.constantFrom(...Object.values(happenings)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(some, async (happen) => {
      const quiet = { isQuiet: true };
      const pair = await Pair.connected(undefined, { traveller: quiet, helper: { ...quiet, methods: counting() } });
      const ask = () => {
        const request = { peerId: names.helper, method: 'count', parameters: null, requestId: 'one' };
        return pair.during(pair.agent('traveller').send(request));
      };
      expect((await ask()).result).toBe(1);
      for (const one of happen) {
        await one(pair);
        expect((await ask()).result).toBe(1);
      }
    }),
    { numRuns: 12 },
  );
});

test('a request does not run again when its conversation was deleted meanwhile', async () => {
  const pair = await Pair.connected(undefined, { helper: { methods: counting() } });
  const request = { peerId: names.helper, method: 'count', parameters: null, requestId: 'one' };
  const first = await pair.agent('traveller').send(request);
  await pair.agent('helper').historyService.deleteHistory(names.traveller);
  expect(await pair.agent('traveller').send(request)).toMatchObject({ status: 'success', result: first.result });
});

test('a sender repeats nothing that is older than 24 hours', async () => {
  const pair = await Pair.connected(undefined, { helper: { methods: counting() } });
  const request = { peerId: names.helper, method: 'count', parameters: null, requestId: 'one' };
  await pair.agent('traveller').send(request);
  pair.world.clock.advance(24 * 3_600_000 + 1_000);
  const sent = pair.world.carried.length;
  await expect(pair.agent('traveller').send(request)).rejects.toMatchObject({ code: 'stale_timestamp' });
  expect(pair.world.carried.slice(sent).filter(({ url }) => url.endsWith('/agent/message'))).toEqual([]);
});

test('one peer’s running requests leave room for another’s', async () => {
  const methods = new MethodRegistry();
  const answer = gate();
  methods.register('ping', () => null);
  methods.register('slow', () => answer.opened.then(() => 'slow'));
  const pair = await Pair.connected(undefined, { helper: { methods } });
  const other = await pair.world.open('other_agent_001', 'https://localhost:5002');
  const traveller = pair.agent('traveller');
  const running = () =>
    pair
      .agent('helper')
      .snapshot()
      .exchanges.filter(({ method, status }) => method === 'slow' && status === 'pending');
  const ask = (method: string, requestId: string) =>
    traveller.send({ peerId: names.helper, method, parameters: null, requestId });
  // What a sender no longer waits for runs on where it is not told.
  let isTold = true;
  pair.world.tamper = async (sent, next) => {
    if (isTold || !sent.url.startsWith(addresses.helper)) return next(sent);
    throw new ParleyError('peer_unreachable', 'It is not told.');
  };
  for (let number = 0; number < 256; number++) {
    const left = expect(ask('slow', `slow_${number}`)).rejects.toMatchObject({ code: 'cancelled' });
    await until(() => (running().length === number + 1 ? true : undefined));
    isTold = false;
    const tries = pair.world.carried.length;
    traveller.cancel(names.helper, `slow_${number}`);
    await left;
    await until(() => (pair.world.carried.length > tries ? true : undefined));
    isTold = true;
  }
  expect(await ask('slow', 'one_more')).toMatchObject({ status: 'error', error: { code: 'rate_limited' } });
  const theirs = other.agent.send({ peerId: names.helper, method: 'ping', parameters: null });
  expect((await theirs).status).toBe('success');
  answer.open();
  await until(() => (running().length === 0 ? true : undefined));
  expect((await ask('slow', 'again')).status).toBe('success');
});

test('a request that its sender cancels takes its place until its handler has ended', async () => {
  const methods = new MethodRegistry();
  const answer = gate();
  // It does not heed its signal.
  methods.register('slow', () => answer.opened.then(() => 'slow'));
  const pair = await Pair.connected(undefined, { helper: { methods } });
  const traveller = pair.agent('traveller');
  const helper = pair.agent('helper');
  const slow = () => helper.snapshot().exchanges.filter(({ method }) => method === 'slow');
  const ask = (requestId: string) =>
    traveller.send({ peerId: names.helper, method: 'slow', parameters: null, requestId });
  for (let number = 0; number < 256; number++) {
    const left = expect(ask(`slow_${number}`)).rejects.toMatchObject({ code: 'cancelled' });
    await until(() => (slow().length === number + 1 ? true : undefined));
    traveller.cancel(names.helper, `slow_${number}`);
    await left;
    await until(() => (slow()[number]?.error?.code === 'cancelled' ? true : undefined));
  }
  expect(await ask('one_more')).toMatchObject({ status: 'error', error: { code: 'rate_limited' } });
  answer.open();
  await answer.opened;
  expect((await ask('again')).status).toBe('success');
});
