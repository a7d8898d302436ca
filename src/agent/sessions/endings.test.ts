import { expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { AgentStore, Scheduler } from '../contracts/ports.ts';
import { gate } from '../testing/gate.ts';
import { addresses, living, names, Pair } from '../testing/pair.ts';
import { until } from '../testing/until.ts';
import { TestWorld } from '../testing/world.ts';

const toHelper = { peerId: names.helper, method: 'echo', parameters: { words: 'Hello Helper!' } } as const;

/** Has `late` wait for what a test wants before each answer to a message gets back, the first with number 1. */
function answerLate({ world }: Pair, late: (post: number) => Promise<unknown>): void {
  let posts = 0;
  world.tamper = async (request, next) => {
    if (!request.url.endsWith('/agent/message')) return next(request);
    posts += 1;
    const post = posts;
    const response = await next(request);
    await late(post);
    return response;
  };
}

const recordsOf = async (store: AgentStore) => (await store.loadResumptions()).length;

test('a disconnect ends the session also when what resumes it cannot be deleted, and says so', async () => {
  let isBroken = false;
  const pair = await Pair.connected((store) => ({
    ...store,
    takeResumption: async (id) => {
      if (isBroken) throw new ParleyError('storage_failed', 'The disk cannot be written to.');
      return store.takeResumption(id);
    },
  }));
  isBroken = true;
  const traveller = pair.agent('traveller');
  await expect(traveller.disconnect(pair.first.sessionId)).rejects.toMatchObject({ code: 'storage_failed' });
  expect(living(traveller)).toEqual([]);
  expect(living(pair.agent('helper'))).toEqual([]);
});

test('a disconnect ends the session within three seconds, also when the network waits for its connection', async () => {
  const pair = await Pair.connected();
  const sent = gate();
  pair.world.tamper = () => {
    sent.open();
    return new Promise(() => undefined);
  };
  const traveller = pair.agent('traveller');
  const closing = traveller.disconnect(pair.first.sessionId).catch((error: unknown) => error);
  await sent.opened;
  pair.world.clock.advance(3_000);
  expect(await closing).toMatchObject({ code: 'peer_unreachable' });
  expect(living(traveller)).toEqual([]);
});

test('a key update whose answer comes during a disconnect leaves nothing that resumes the session', async () => {
  const pair = await Pair.connected();
  const traveller = pair.agent('traveller');
  const [updated, answered, closed] = [gate(), gate(), gate()];
  answerLate(pair, async (post) => {
    const isUpdate = post === 1;
    (isUpdate ? updated : closed).open();
    await answered.opened;
    // The answer to CLOSE comes once the next epoch has begun.
    if (!isUpdate) await until(() => (traveller.snapshot().sessions[0]?.epoch === 1 ? true : undefined));
  });
  const updating = traveller.updateKeys(pair.first.sessionId);
  await updated.opened;
  const closing = traveller.disconnect(pair.first.sessionId);
  await closed.opened;
  answered.open();
  await Promise.all([updating, closing]);
  expect(await recordsOf(pair.store('traveller'))).toBe(0);
  expect(await recordsOf(pair.store('helper'))).toBe(0);
});

test('a disconnect whose answer is late takes nothing from the session that the peer has begun since', async () => {
  const pair = await Pair.connected();
  const [ended, begun] = [gate(), gate()];
  answerLate(pair, async (post) => {
    if (post > 1) return;
    ended.open();
    await begun.opened;
  });
  const closing = pair.agent('traveller').disconnect(pair.first.sessionId);
  await ended.opened;
  await pair.agent('helper').send({ peerId: names.traveller, method: 'ping', parameters: null });
  begun.open();
  await closing;
  const [session] = living(pair.agent('traveller'));
  expect(session?.sessionId).not.toBe(pair.first.sessionId);
  expect(await pair.store('traveller').loadResumptions()).toMatchObject([{ sessionId: session?.sessionId }]);
});

test('an agent that is forgotten in the middle of a handshake makes no session, and its store stays empty', async () => {
  const world = await TestWorld.create();
  const store = createMemoryAgentStore();
  const erased = gate();
  let isErased = false;
  const touched: string[] = [];
  const watched: AgentStore = {
    ...store,
    erase: async () => {
      await store.erase();
      isErased = true;
      erased.open();
    },
    commit: async (batch) => {
      if (isErased) touched.push('commit');
      return store.commit(batch);
    },
    saveResumption: async (...given) => {
      if (isErased) touched.push('saveResumption');
      return store.saveResumption(...given);
    },
  };
  const { agent: helper } = await world.open(names.helper, addresses.helper, { store: watched });
  const { agent: traveller } = await world.open(names.traveller, addresses.traveller);
  const confirmed = gate();
  world.tamper = async (request, next) => {
    const isConfirm = (await request.clone().text()).includes('CLIENT_CONFIRM');
    const response = next(request);
    if (isConfirm) confirmed.open();
    return response;
  };
  const connecting = traveller.connect(names.helper).then(
    () => 'connected',
    () => 'refused',
  );
  await confirmed.opened;
  await helper.forget();
  await erased.opened;
  expect(await connecting).toBe('refused');
  expect(living(helper)).toEqual([]);
  expect(await recordsOf(store)).toBe(0);
  expect(touched).toEqual([]);
});

test('a start that fails at its end leaves nothing running', async () => {
  const world = await TestWorld.create();
  const store = createMemoryAgentStore();
  let saved = 0;
  const full: AgentStore = {
    ...store,
    saveIdentity: async (identity) => {
      saved += 1;
      if (saved === 2) throw new ParleyError('storage_full', 'There is no room.');
      return store.saveIdentity(identity);
    },
  };
  const running = new Set<object>();
  const scheduler: Scheduler = {
    after: (ms, task) => {
      const timer = {};
      running.add(timer);
      const scheduled = world.clock.after(ms, () => {
        running.delete(timer);
        task();
      });
      return {
        cancel: () => {
          running.delete(timer);
          scheduled.cancel();
        },
      };
    },
  };
  const { agent } = await world.open(names.helper, addresses.helper, { store: full, scheduler });
  expect(agent.snapshot().phase).toMatchObject({ phase: 'failed', failure: { code: 'storage_full' } });
  expect(running.size).toBe(0);
  await agent.start();
  expect(agent.snapshot().phase.phase).toBe('ready');
  expect(running.size).toBeGreaterThan(0);
  await agent.stop();
  expect(running.size).toBe(0);
});

test('after a restart a peer that is gone is waited for once, not once for each open request', async () => {
  const pair = await Pair.connected();
  const traveller = pair.agent('traveller');
  await pair.leave('helper');
  for (let number = 0; number < 5; number++) traveller.send(toHelper).catch(() => undefined);
  await until(() => (traveller.snapshot().exchanges.length === 6 ? true : undefined));
  const again = await pair.restart('traveller');
  const started = pair.world.clock.now();
  const statuses = () => again.snapshot().exchanges.filter(({ direction }) => direction === 'outgoing');
  await pair.passing(() => (statuses().every(({ status }) => status === 'failed') ? true : undefined));
  // Half a minute for its session to come back, then 20 s of tries.
  expect(pair.world.clock.now() - started).toBeLessThan(55_000);
});
