import { expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { exchange } from '../../storage/testing/history-contract.ts';
import { bytesAtOnce, type StoredExchange } from '../contracts/history-store.ts';
import type { AgentStore } from '../contracts/ports.ts';
import { loadOrCreateHistoryKeys } from './keys.ts';
import { asked, historyConversation, peerId } from './testing/history-conversation.ts';

const mebibyte = 1_048_576;
/** As large as a peer can make an exchange, about. */
const largest = new Uint8Array(17 * mebibyte);

/** A store that notes how many bytes of ciphertext each reading gives. */
function watched(store: AgentStore) {
  const readings: number[] = [];
  const noted = (found: readonly StoredExchange[]) => {
    readings.push(found.reduce((sum, { ciphertext }) => sum + ciphertext.length, 0));
    return found;
  };
  const watching: AgentStore = {
    ...store,
    exchangesBefore: async (...asked) => noted(await store.exchangesBefore(...asked)),
    exchangesAfter: async (...asked) => noted(await store.exchangesAfter(...asked)),
    exchangesWith: async (...asked) => {
      const found = await store.exchangesWith(...asked);
      noted(found.exchanges);
      return found;
    },
  };
  return { store: watching, readings };
}

/** A store with `count` exchanges of a peer that are as large as can be. They cannot be read, which takes no time. */
async function flooded(count: number): Promise<AgentStore> {
  const store = createMemoryAgentStore();
  await loadOrCreateHistoryKeys(store, crypto.subtle);
  const made = Array.from({ length: count }, (_, i) => exchange({ peerId, sequence: i + 1, ciphertext: largest }));
  await store.commit({ exchanges: made, audit: [] });
  return store;
}

const sum = (readings: readonly number[]) => readings.reduce((all, bytes) => all + bytes, 0);

test('a start reads 32 MiB and one exchange at most, and a peer with large ones takes no room from the others', async () => {
  const flood = await flooded(20);
  const others = [1, 2, 3].flatMap((number) =>
    [1, 2, 3].map((sequence) => exchange({ peerId: `quiet_agent_00${number}`, sequence })),
  );
  await flood.commit({ exchanges: others, audit: [] });
  const { store, readings } = watched(flood);
  const { activity } = await historyConversation(store);
  expect(sum(readings)).toBeLessThanOrEqual(bytesAtOnce + largest.length);
  const shown = activity.snapshot().exchanges.filter((one) => one.peerId.startsWith('quiet'));
  expect(shown).toHaveLength(others.length);
});

test('large exchanges come in pages of one or more, and none is left out', async () => {
  const { store, readings } = watched(await flooded(5));
  const { historyService } = await historyConversation(store);
  const sequences: number[] = [];
  let before: number | undefined;
  do {
    const page = await historyService.history.page(peerId, before);
    expect(page.exchanges.length).toBeGreaterThan(0);
    sequences.unshift(...page.exchanges.flatMap(({ sequence }) => sequence ?? []));
    before = page.olderThan;
  } while (before !== undefined);
  expect(sequences).toEqual([1, 2, 3, 4, 5]);
  const iterated: number[] = [];
  for await (const { sequence } of historyService.history.all(peerId)) iterated.push(sequence);
  expect(iterated).toEqual(sequences);
  expect(Math.max(...readings)).toBeLessThanOrEqual(bytesAtOnce);
});

test('a limit is kept without reading what is over it', async () => {
  const { store, readings } = watched(await flooded(5));
  const { historyService } = await historyConversation(store);
  readings.length = 0;
  expect(await historyService.retention.wouldDelete(peerId, { keep: 'bytes', bytes: 2 * largest.length })).toBe(3);
  expect(readings).toEqual([]);
});

test('interrupted requests are settled one after the other', async () => {
  const disk = createMemoryAgentStore();
  const first = await historyConversation(disk);
  for (const id of ['a', 'b', 'c'])
    await first.historyService.history.keep({ ...asked(id, id), direction: 'incoming' });
  let underWay = 0;
  let most = 0;
  const reborn = await historyConversation({
    ...disk,
    exchangeAt: (...place) => {
      underWay += 1;
      most = Math.max(most, underWay);
      return disk.exchangeAt(...place);
    },
    commit: async (batch) => {
      await disk.commit(batch);
      underWay -= batch.exchanges.length;
    },
  });
  expect(most).toBe(1);
  expect(reborn.activity.snapshot().exchanges.map(({ status }) => status)).toEqual(['error', 'error', 'error']);
  expect(await disk.openExchanges()).toEqual([]);
});

test('interrupted requests are shown as such also when the disk is full', async () => {
  const disk = createMemoryAgentStore();
  const first = await historyConversation(disk);
  await first.historyService.history.keep({ ...asked('a', 'a'), direction: 'incoming' });
  const full = new ParleyError('storage_full', 'There is no room.');
  const reborn = await historyConversation({ ...disk, commit: () => Promise.reject(full) });
  expect(reborn.activity.snapshot().exchanges).toMatchObject([{ status: 'error', error: { code: 'handler_failed' } }]);
});
