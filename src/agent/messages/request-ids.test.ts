import { describe, expect, test, vi } from 'vitest';
import { History } from '../history/history.ts';
import { addresses, names, Pair } from '../testing/pair.ts';
import { MethodRegistry } from './methods.ts';

/** Handlers that count their runs, each of which gives its number. */
function counting(running: () => Promise<void> = async () => undefined) {
  const methods = new MethodRegistry();
  let runs = 0;
  methods.register('ping', () => null);
  methods.register('count', async () => {
    runs += 1;
    await running();
    return runs;
  });
  return { methods, runs: () => runs };
}

const quiet = { isQuiet: true } as const;
const request = { peerId: names.helper, method: 'count', parameters: null, requestId: 'one' } as const;
const ask = (pair: Pair) => pair.during(pair.agent('traveller').send(request));

describe('a request_id that ran does not run again', () => {
  test.each(['the conversation was deleted', 'a retention was set'])(
    'when %s and the agent was restarted',
    async (how) => {
      const { methods, runs } = counting();
      const pair = await Pair.connected(undefined, { traveller: quiet, helper: { ...quiet, methods } });
      expect(await ask(pair)).toMatchObject({ status: 'success', result: 1 });
      const { historyService } = pair.agent('helper');
      if (how === 'the conversation was deleted') await historyService.deleteHistory(names.traveller);
      else await historyService.retention.set(names.traveller, { keep: 'bytes', bytes: 1 });
      expect((await historyService.history.page(names.traveller)).exchanges).toEqual([]);
      await pair.restart('helper');
      const again = await ask(pair);
      expect(again).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
      expect(again.error?.detail).toContain('does not run again');
      expect(runs()).toBe(1);
    },
  );

  test('when the agent was killed while it ran, and its conversation deleted: it is stored before it runs', async () => {
    let stored = -1;
    const { methods, runs } = counting(async () => {
      stored = (await pair.store('helper').loadRequests()).requests.length;
      return new Promise(() => undefined);
    });
    const pair: Pair = await Pair.connected(undefined, { traveller: quiet, helper: { ...quiet, methods } });
    const first = pair.agent('traveller').send(request);
    first.catch(() => undefined);
    await pair.passing(() => (stored === -1 ? undefined : true));
    expect(stored).toBeGreaterThan(0);
    await pair.restart('helper');
    await pair.agent('helper').historyService.deleteHistory(names.traveller);
    expect(await ask(pair)).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
    expect(runs()).toBe(1);
  });

  test('when an earlier version of Parley ran it, which stored it with the conversation alone', async () => {
    const { methods, runs } = counting();
    const { keep } = History.prototype;
    const earlier = vi.spyOn(History.prototype, 'keep').mockImplementation(function (this: History, exchange) {
      const { peerKey: _, ...known } = exchange;
      return keep.call(this, known);
    });
    const pair = await Pair.connected(undefined, { traveller: quiet, helper: { ...quiet, methods } });
    expect(await ask(pair)).toMatchObject({ result: 1 });
    earlier.mockRestore();
    const store = pair.store('helper');
    const { requests } = await store.loadRequests();
    expect(requests).toEqual([]);
    await pair.restart('helper');
    // Whose it was is not known: nobody is given its answer.
    expect(await ask(pair)).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
    expect(runs()).toBe(1);
    pair.world.clock.advance(86_400_000);
    await pair.restart('helper');
    const { requestId: _, ...anew } = request;
    expect(await pair.during(pair.agent('traveller').send(anew))).toMatchObject({ result: 2 });
  });

  test('and one that was held when the agent was closed runs when it is asked again', async () => {
    const { methods, runs } = counting();
    const pair = await Pair.connected(undefined, { traveller: quiet, helper: { ...quiet, methods } });
    pair.agent('helper').setAnswering('person');
    const held = pair.agent('traveller').send(request);
    held.catch(() => undefined);
    await pair.passing(() =>
      pair
        .agent('helper')
        .snapshot()
        .exchanges.find(({ status }) => status === 'held'),
    );
    await pair.restart('helper');
    expect(await ask(pair)).toMatchObject({ status: 'success', result: 1 });
    expect(runs()).toBe(1);
  });
});

describe('a request_id belongs to the key that sent it', () => {
  test('another key that has the agent_id since gets no answer of the former one, and runs its own', async () => {
    const { methods, runs } = counting();
    const pair = await Pair.connected(undefined, { helper: { ...quiet, methods } });
    expect(await ask(pair)).toMatchObject({ result: 1 });
    await pair.leave('traveller');
    await pair.world.revoke(names.traveller);
    await pair.world.deleteName(names.traveller);
    await pair.agent('helper').checkRevocations();
    for (const restarted of [false, true]) {
      if (restarted) await pair.restart('helper');
      const { agent } = await pair.world.open(names.traveller, addresses.traveller);
      expect(await pair.during(agent.send(request))).toMatchObject({ status: 'success', result: runs() });
      expect(runs()).toBe(restarted ? 3 : 2);
      await agent.stop();
      await pair.world.revoke(names.traveller);
      await pair.world.deleteName(names.traveller);
      await pair.agent('helper').checkRevocations();
    }
  });

  test('the same key is given its answer under new certificates', async () => {
    const { methods, runs } = counting();
    const pair = await Pair.connected(undefined, { helper: { ...quiet, methods } });
    expect(await ask(pair)).toMatchObject({ result: 1 });
    pair.world.clock.advance(86_000_000);
    await pair.restart('helper');
    await pair.restart('traveller');
    expect(await ask(pair)).toMatchObject({ result: 1 });
    expect(runs()).toBe(1);
  });
});
