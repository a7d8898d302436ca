import { describe, expect, test, vi } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import type { Agent } from '../agent.ts';
import type { AgentEvent } from '../contracts/views.ts';
import { MethodRegistry } from '../messages/methods.ts';
import { passing } from '../testing/passing.ts';
import { TestWorld } from '../testing/world.ts';
import { type FaultyStore, faultyStore } from './testing/faulty-store.ts';

const addresses = { traveller: 'https://localhost:5000', helper: 'https://localhost:5001' } as const;
const ids = { traveller: 'traveller_agent_001', helper: 'helper_agent_001' } as const;
type Name = keyof typeof ids;

interface Kept {
  readonly agent: Agent;
  readonly events: AgentEvent[];
  readonly faulty: FaultyStore;
}

/** Two agents, what Helper has run, and how to end and begin them again. */
async function stage() {
  const world = await TestWorld.create();
  const ran: unknown[] = [];
  const methods = new MethodRegistry();
  methods.register('note', (parameters) => {
    ran.push(parameters);
    return { noted: parameters };
  });
  const open = async (name: Name, faulty: FaultyStore): Promise<Kept> => {
    const opened = await world.open(ids[name], addresses[name], {
      store: faulty.store,
      ...(name === 'helper' ? { methods } : {}),
    });
    return { ...opened, faulty };
  };
  /** The process ends without a word, and another begins with the same disk. */
  const crash = (name: Name, kept: Kept) => open(name, kept.faulty.reborn());
  const traveller = await open('traveller', faultyStore());
  const helper = await open('helper', faultyStore());
  return { world, ran, methods, traveller, helper, crash, open };
}

const note = (parameters: string) => ({ peerId: ids.helper, method: 'note', parameters });
const words = (agent: Agent) => agent.snapshot().exchanges.map(({ parameters }) => parameters);
const statuses = (agent: Agent) => agent.snapshot().exchanges.map(({ status }) => status);

describe('after a restart', () => {
  test('the conversation is there on both sides, in its order, with its numbers', async () => {
    const { traveller, helper, crash } = await stage();
    for (const word of ['one', 'two', 'three']) await traveller.agent.send(note(word));
    await expect(traveller.agent.send({ ...note('x'), method: 'unknown' })).resolves.toMatchObject({ status: 'error' });
    const before = [traveller, helper].map(({ agent }) => agent.snapshot().exchanges);
    const after = [await crash('traveller', traveller), await crash('helper', helper)];
    expect(after.map(({ agent }) => agent.snapshot().exchanges)).toEqual(before);
    expect(before[0]?.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });

  test('a repeated request gets its stored answer and runs nothing', async () => {
    const { traveller, helper, ran, crash } = await stage();
    const { requestId } = await traveller.agent.send(note('once'));
    const reborn = await crash('helper', helper);
    expect(await traveller.agent.send({ ...note('once'), requestId })).toMatchObject({
      status: 'success',
      result: { noted: 'once' },
    });
    expect(ran).toEqual(['once']);
    expect(reborn.agent.snapshot().exchanges).toHaveLength(1);
  });

  test('a request whose answer was lost with the sender is sent again by itself, in order, and runs once', async () => {
    const { world, traveller, helper, ran, crash } = await stage();
    await traveller.agent.connect(ids.helper);
    world.tamper = async (request, next) => {
      const answer = await next(request);
      return request.url.endsWith('/agent/message') ? new Promise(() => undefined) : answer;
    };
    void traveller.agent.send(note('first'));
    await vi.waitFor(() => expect(ran).toEqual(['first']), { timeout: 10_000 });
    void traveller.agent.send(note('second'));
    await vi.waitFor(() => expect(ran).toEqual(['first', 'second']), { timeout: 10_000 });
    await vi.waitFor(() => expect(statuses(helper.agent)).toEqual(['success', 'success']), { timeout: 10_000 });
    world.tamper = (request, next) => next(request);
    const reborn = await crash('traveller', traveller);
    world.clock.advance(0);
    await vi.waitFor(() => expect(statuses(reborn.agent)).toEqual(['success', 'success']), { timeout: 10_000 });
    expect(words(reborn.agent)).toEqual(['first', 'second']);
    expect(ran).toEqual(['first', 'second']);
  });

  test('of both sides at once, with requests under way from both, one resumption carries them all', async () => {
    const { world, traveller, helper, crash } = await stage();
    await traveller.agent.send(note('before'));
    world.tamper = (request, next) =>
      request.url.endsWith('/agent/message') ? new Promise(() => undefined) : next(request);
    void traveller.agent.send(note('there'));
    void helper.agent.send({ peerId: ids.traveller, method: 'echo', parameters: 'back' });
    await vi.waitFor(() => expect(statuses(helper.agent)).toEqual(['success', 'pending']), { timeout: 10_000 });
    await vi.waitFor(() => expect(statuses(traveller.agent)).toEqual(['success', 'pending']), { timeout: 10_000 });
    world.tamper = (request, next) => next(request);
    world.carried.length = 0;
    const reborn = await Promise.all([crash('helper', helper), crash('traveller', traveller)]);
    const all = ['success', 'success', 'success'].join();
    await passing(world.clock, () => reborn.every(({ agent }) => statuses(agent).join() === all) || undefined);
    const begun = world.carried.filter(({ url }) => url.endsWith('/agent/handshake')).map(({ request }) => request);
    expect(begun.map((request) => JSON.parse(request).message_type)).toEqual(['RESUME_HELLO']);
  });

  test('a request that was kept and never sent goes out', async () => {
    const { world, traveller, ran, crash } = await stage();
    world.tamper = (request, next) => (request.url.includes('/agent/') ? new Promise(() => undefined) : next(request));
    void traveller.agent.send(note('kept'));
    await vi.waitFor(() => expect(statuses(traveller.agent)).toEqual(['pending']), { timeout: 10_000 });
    expect(ran).toEqual([]);
    world.tamper = (request, next) => next(request);
    const reborn = await crash('traveller', traveller);
    await vi.waitFor(() => expect(statuses(reborn.agent)).toEqual(['success']), { timeout: 10_000 });
    expect(ran).toEqual(['kept']);
  });

  test('one whose peer is away is shown as failed, and can be retried', async () => {
    const { world, traveller, helper, crash } = await stage();
    await traveller.agent.connect(ids.helper);
    world.tamper = (request, next) =>
      request.url.endsWith('/agent/message') ? new Promise(() => undefined) : next(request);
    void traveller.agent.send(note('later'));
    await vi.waitFor(() => expect(statuses(traveller.agent)).toEqual(['pending']), { timeout: 10_000 });
    world.tamper = async (request, next) => {
      if (request.url.includes('/agent/')) throw new ParleyError('peer_unreachable', 'Away.');
      return next(request);
    };
    const reborn = await crash('traveller', traveller);
    // It has half a minute to come back, and is tried for 20 s then.
    expect(statuses(reborn.agent)).toEqual(['pending']);
    await passing(world.clock, () => (statuses(reborn.agent)[0] === 'failed' ? true : undefined));
    world.tamper = (request, next) => next(request);
    const [{ requestId } = { requestId: '' }] = reborn.agent.snapshot().exchanges;
    expect(await reborn.agent.send({ ...note('later'), requestId })).toMatchObject({ status: 'success', sequence: 1 });
    expect(helper.agent.snapshot().exchanges).toHaveLength(1);
  });

  test('a handler that was under way does not run again, and both sides are told', async () => {
    const { traveller, helper, methods, crash } = await stage();
    let runs = 0;
    methods.register('slow', () => {
      runs += 1;
      return new Promise(() => undefined);
    });
    void traveller.agent.send({ ...note('work'), method: 'slow', requestId: 'slow_1' });
    await vi.waitFor(() => expect(runs).toBe(1), { timeout: 10_000 });
    const reborn = await crash('helper', helper);
    expect(reborn.agent.snapshot().exchanges).toMatchObject([{ status: 'error', error: { code: 'handler_failed' } }]);
    const again = await traveller.agent.send({ ...note('work'), method: 'slow', requestId: 'slow_1' });
    expect(again).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
    expect(runs).toBe(1);
  });

  test('a request that was held is shown as interrupted, and is held again when it comes again', async () => {
    const { traveller, helper, ran, crash } = await stage();
    helper.agent.setAnswering('person');
    void traveller.agent.send({ ...note('please'), requestId: 'held_1' });
    await vi.waitFor(() => expect(statuses(helper.agent)).toEqual(['held']), { timeout: 10_000 });
    const reborn = await crash('helper', helper);
    expect(reborn.agent.snapshot().exchanges).toMatchObject([{ status: 'failed', error: { code: 'answer_timeout' } }]);
    reborn.agent.setAnswering('person');
    const answer = traveller.agent.send({ ...note('please'), requestId: 'held_1' });
    await vi.waitFor(() => expect(statuses(reborn.agent)).toEqual(['held']), { timeout: 10_000 });
    reborn.agent.answer(ids.traveller, 'held_1', { status: 'SUCCESS', result: 'yes' });
    expect(await answer).toMatchObject({ status: 'success', result: 'yes' });
    expect(reborn.agent.snapshot().exchanges).toHaveLength(1);
    expect(ran).toEqual([]);
  });

  test('the newest 100 are in memory, and older ones come piece by piece', async () => {
    const { traveller, helper, crash } = await stage();
    const all = Array.from({ length: 120 }, (_, i) => `word ${i + 1}`);
    await Promise.all(all.map((word) => traveller.agent.send(note(word))));
    const reborn = await crash('traveller', traveller);
    expect(words(reborn.agent)).toHaveLength(100);
    const { history } = reborn.agent.historyService;
    const newest = await history.page(ids.helper, undefined, 50);
    expect(newest.olderThan).toBe(71);
    const older = await history.page(ids.helper, newest.olderThan, 50);
    const oldest = await history.page(ids.helper, older.olderThan, 50);
    expect(oldest.olderThan).toBeUndefined();
    const pieces = [...oldest.exchanges, ...older.exchanges, ...newest.exchanges];
    expect(pieces.map(({ sequence }) => sequence)).toEqual(all.map((_, i) => i + 1));
    const iterated: unknown[] = [];
    for await (const exchange of history.all(ids.helper)) iterated.push(exchange);
    expect(iterated).toEqual(pieces);
    expect(helper.agent.snapshot().exchanges).toHaveLength(120);
  });

  test('a damaged record is shown as such between the others', async () => {
    const { traveller, crash } = await stage();
    for (const word of ['one', 'two', 'three']) await traveller.agent.send(note(word));
    const { store } = traveller.faulty;
    const [second] = await store.exchangesBefore(ids.helper, 3, 1);
    if (second === undefined) throw new Error('no record');
    const ciphertext = second.ciphertext.map((byte) => byte ^ 1);
    await store.commit({ exchanges: [{ record: { ...second, ciphertext }, tokens: [] }], audit: [] });
    const reborn = await crash('traveller', traveller);
    expect(reborn.agent.snapshot().exchanges).toMatchObject([
      { parameters: 'one', status: 'success' },
      { sequence: 2, status: 'error', error: { code: 'decryption_failed' } },
      { parameters: 'three', status: 'success' },
    ]);
  });
});

describe('a full disk', () => {
  test('is told before anything is sent, and nothing is lost', async () => {
    const { world, traveller, ran } = await stage();
    await traveller.agent.connect(ids.helper);
    const carried = world.carried.length;
    traveller.faulty.isFull = true;
    await expect(traveller.agent.send(note('too much'))).rejects.toMatchObject({ code: 'storage_full' });
    expect(world.carried).toHaveLength(carried);
    expect(traveller.agent.snapshot()).toMatchObject({ exchanges: [], storage: { failure: { code: 'storage_full' } } });
    traveller.faulty.isFull = false;
    await traveller.agent.send(note('fits'));
    expect(ran).toEqual(['fits']);
    const told = traveller.events.flatMap((event) => (event.type === 'storage' ? [event.storage.failure?.code] : []));
    expect(told).toEqual(['storage_full', undefined]);
  });

  test('at the receiver runs nothing: the sender is told to try later, and then it runs', async () => {
    const { traveller, helper, ran } = await stage();
    helper.faulty.isFull = true;
    const refused = await traveller.agent.send(note('later'));
    expect(refused).toMatchObject({ status: 'error', error: { code: 'cannot_keep' } });
    expect(ran).toEqual([]);
    expect(helper.agent.snapshot().exchanges).toEqual([]);
    helper.faulty.isFull = false;
    const again = await traveller.agent.send({ ...note('later'), requestId: refused.requestId });
    expect(again.status).toBe('success');
    expect(ran).toEqual(['later']);
  });

  test('that comes while a request runs does not keep the answer from its sender', async () => {
    const { traveller, helper, methods } = await stage();
    methods.register('fill', () => {
      helper.faulty.isFull = true;
      return 'done';
    });
    expect(await traveller.agent.send({ ...note(''), method: 'fill' })).toMatchObject({ result: 'done' });
    expect(helper.agent.snapshot()).toMatchObject({
      exchanges: [{ status: 'success' }],
      storage: { failure: { code: 'storage_full' } },
    });
  });

  test('that comes while a request is under way still shows its answer, and the request goes out again after a restart', async () => {
    const { world, traveller, methods, ran, crash } = await stage();
    methods.register('fill', (parameters) => {
      ran.push(parameters);
      traveller.faulty.isFull = true;
      return 'done';
    });
    expect(await traveller.agent.send({ ...note('once'), method: 'fill' })).toMatchObject({ result: 'done' });
    const reborn = await crash('traveller', traveller);
    world.clock.advance(0);
    await vi.waitFor(() => expect(statuses(reborn.agent)).toEqual(['success']), { timeout: 10_000 });
    expect(ran).toEqual(['once']);
  });
});

describe('forgetting', () => {
  test('the agent leaves nothing of its history', async () => {
    const { traveller } = await stage();
    await traveller.agent.send(note('gone'));
    await traveller.agent.forget();
    const { store } = traveller.faulty;
    expect(await store.usages()).toEqual([]);
    expect(await store.loadHistoryKeys()).toBeUndefined();
  });

  test('clearing the screen leaves what is kept', async () => {
    const { traveller } = await stage();
    await traveller.agent.send(note('stays'));
    await traveller.agent.clear();
    expect(words(traveller.agent)).toEqual([]);
    expect((await traveller.agent.historyService.history.page(ids.helper)).exchanges).toMatchObject([
      { parameters: 'stays' },
    ]);
  });
});
