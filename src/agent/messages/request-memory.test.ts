import { expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { AgentStore } from '../contracts/ports.ts';
import { RequestMemory } from './request-memory.ts';

const day = 86_400;
const start = 1_790_000_000;
const tag = (n: number | string) => String(n).padStart(16, '0').padEnd(32, '0');
const [one, other] = ['aa'.repeat(12), 'bb'.repeat(12)];

/** A memory whose clock a test sets, in Unix seconds, and whose changes are stored at once. */
async function memoryOver(store: AgentStore = createMemoryAgentStore()) {
  const time = { now: start };
  const environment = { subtle: crypto.subtle, now: () => 1_000 * time.now };
  const load = () => RequestMemory.load({ store, environment });
  let memory = await load();
  return {
    store,
    time,
    ran: (peer: string, n: number | string) => memory.has({ peer, tag: tag(n) }),
    isTooOld: (peer: string, sentAt?: number) => memory.isTooOld(peer, sentAt),
    isInHistoryAlone: () => memory.isInHistoryAlone,
    run: async (peer: string, n: number | string, sentAt?: number) => {
      const requests = [memory.add({ peer, tag: tag(n) }, sentAt)];
      await store.commit({ exchanges: [], audit: [], requests });
    },
    undo: (peer: string, n: number | string) => memory.undo({ peer, tag: tag(n) }),
    restart: async () => {
      memory = await load();
    },
  };
}

test('what ran is known for 24 hours, also after a restart, and then goes', async () => {
  const { ran, run, restart, time, store } = await memoryOver();
  await run(one, 1, start);
  await restart();
  time.now += day;
  expect(ran(one, 1)).toBe(true);
  time.now += 1;
  expect(ran(one, 1)).toBe(false);
  await restart();
  expect((await store.loadRequests()).requests).toEqual([]);
});

test('a request belongs to the key that sent it', async () => {
  const { ran, run } = await memoryOver();
  await run(one, 1);
  expect([ran(one, 1), ran(other, 1)]).toEqual([true, false]);
});

test('the newest 10,000 of a peer are known, whatever another asks; what was sent before one that fell out is too old, also after a restart', async () => {
  const { ran, run, isTooOld, restart, store } = await memoryOver();
  await run(other, 'kept', start + 5);
  for (let n = 0; n <= 10_000; n++) await run(one, n, start + n);
  for (const _ of ['before', 'after']) {
    expect([ran(one, 0), ran(one, 1), ran(one, 10_000), ran(other, 'kept')]).toEqual([false, true, true, true]);
    expect([isTooOld(one, start), isTooOld(one, start + 1), isTooOld(one), isTooOld(other, start)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    await restart();
  }
  expect((await store.loadRequests()).requests).toHaveLength(10_001);
});

test('one of more than 24 hours ago is too old, whoever sent it', async () => {
  const { isTooOld } = await memoryOver();
  expect([isTooOld(one, start - day), isTooOld(one, start - day - 1)]).toEqual([false, true]);
});

test('past what all peers may have together, the one with the most loses its oldest', async () => {
  const { ran, run, isTooOld, store } = await memoryOver();
  const peers = Array.from({ length: 21 }, (_, n) => n.toString(16).padStart(24, '0'));
  await run(other, 'kept', start);
  for (const peer of peers) for (let n = 0; n < 9_600; n++) await run(peer, n, start + n);
  expect(ran(other, 'kept')).toBe(true);
  const counts = new Map<string, number>();
  for (const { peer } of (await store.loadRequests()).requests) counts.set(peer, (counts.get(peer) ?? 0) + 1);
  expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(200_000);
  expect(isTooOld(other, start)).toBe(false);
  expect(Math.min(...peers.map((peer) => counts.get(peer) ?? 0))).toBeGreaterThan(9_400);
}, 60_000);

test('one that could not be stored is not known', async () => {
  const { ran, run, undo } = await memoryOver();
  await run(one, 1);
  undo(one, 1);
  expect(ran(one, 1)).toBe(false);
});

test('requests of those who do not come again go too, as others ask', async () => {
  const { run, time, store } = await memoryOver();
  for (let n = 0; n < 20; n++) await run(other, n);
  time.now += day + 1;
  for (let n = 0; n < 20; n++) await run(one, n);
  expect(new Set((await store.loadRequests()).requests.map(({ peer }) => peer))).toEqual(new Set([one]));
});

test('a history of an earlier version is looked into for 24 hours; a new agent’s has nothing of it', async () => {
  const fresh = await memoryOver();
  expect(fresh.isInHistoryAlone()).toBe(false);
  const older = createMemoryAgentStore();
  const usages = async () => [
    { peerId: 'peer_agent_001', exchanges: 1, bytes: 9, lastSequence: 1, retention: { keep: 'all' } as const },
  ];
  const { isInHistoryAlone, restart, time } = await memoryOver({ ...older, usages });
  expect(isInHistoryAlone()).toBe(true);
  time.now += day;
  await restart();
  expect(isInHistoryAlone()).toBe(true);
  time.now += 1;
  expect(isInHistoryAlone()).toBe(false);
});
