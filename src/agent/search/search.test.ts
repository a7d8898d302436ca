import { describe, expect, test } from 'vitest';
import { concat, toHex } from '../../protocol/bytes.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { IndexedExchange } from '../contracts/history-store.ts';
import { historyConversation, peerId } from '../history/testing/history-conversation.ts';
import { TestWorld } from '../testing/world.ts';

test('both agents find what was said, its answer too, also after a restart', async () => {
  const world = await TestWorld.create();
  const traveller = await world.open('traveller_agent_001', 'https://localhost:5000');
  const helper = await world.open('helper_agent_001', 'https://localhost:5001');
  const parameters = { text: 'Zwei Plätze nach Zürich, bitte' };
  await traveller.agent.send({ peerId: 'helper_agent_001', method: 'echo', parameters });
  await traveller.agent.send({ peerId: 'helper_agent_001', method: 'nonsense', parameters: 'something else' });
  for (const { agent } of [traveller, helper]) {
    const found = await agent.historyService.search({ text: 'PLÄTZE zür' });
    expect(found).toMatchObject({ total: 1, exchanges: [{ parameters, sequence: 1, status: 'success' }] });
    expect(found.words).toEqual([
      { text: 'plätze', isPrefix: false },
      { text: 'zür', isPrefix: true },
    ]);
    expect(await agent.historyService.search({ text: 'zürich', peerId: 'nobody_here_001' })).toMatchObject({
      total: 0,
    });
  }
  // The code of the error is part of the second exchange alone.
  expect(await traveller.agent.historyService.search({ text: 'unknown method' })).toMatchObject({
    total: 1,
    exchanges: [{ sequence: 2 }],
  });
  await traveller.agent.stop();
  const again = await world.open('traveller_agent_001', 'https://localhost:5000', { store: traveller.store });
  expect(await again.agent.historyService.search({ text: 'bitte' })).toMatchObject({ total: 1 });
});

describe('a search', () => {
  test('gives pages, the newest first, and the number of all', async () => {
    const { historyService, say } = await historyConversation();
    for (const name of ['one', 'two', 'three', 'four', 'five']) await say(`number ${name}`);
    const page = await historyService.search({ text: 'number', offset: 1, count: 2 });
    expect(page).toMatchObject({
      total: 5,
      exchanges: [{ parameters: 'number four' }, { parameters: 'number three' }],
    });
    expect((await historyService.search({ text: 'number', offset: -3, count: 0 })).exchanges).toHaveLength(1);
    expect(await historyService.search({ text: '  ' })).toMatchObject({ total: 0, exchanges: [], words: [] });
  });

  test('decrypts what it shows and nothing else, but candidates for a long prefix', async () => {
    const store = createMemoryAgentStore();
    const { historyService, say } = await historyConversation(store);
    for (let count = 0; count < 5; count++) await say(count === 0 ? 'internationally' : 'internationale affairs');
    let read = 0;
    const watched = await historyConversation({
      ...store,
      exchangesWith: async (...asked) => {
        const found = await store.exchangesWith(...asked);
        read += found.exchanges.length;
        return found;
      },
    });
    expect(await watched.historyService.search({ text: 'affairs', count: 2 })).toMatchObject({ total: 4 });
    expect(read).toBe(2);
    expect(await watched.historyService.search({ text: 'internationall' })).toMatchObject({
      total: 1,
      exchanges: [{ parameters: 'internationally' }],
    });
    expect(await historyService.search({ text: 'internat' })).toMatchObject({ total: 5 });
  });

  test('finds no exchange that was deleted', async () => {
    const { historyService, say } = await historyConversation();
    await say('first secret');
    await say('second secret');
    await historyService.deleteHistory(peerId, [1]);
    expect(await historyService.search({ text: 'secret' })).toMatchObject({ total: 1, exchanges: [{ sequence: 2 }] });
  });
});

describe('what the index gives away', () => {
  /** What the store is given of texts that are said one after the other. */
  async function committed(...texts: readonly string[]): Promise<readonly IndexedExchange[]> {
    const store = createMemoryAgentStore();
    const exchanges: IndexedExchange[] = [];
    const { say } = await historyConversation({
      ...store,
      commit: async (batch) => {
        exchanges.push(...batch.exchanges);
        await store.commit(batch);
      },
    });
    for (const text of texts) await say(text);
    return exchanges;
  }
  const tokensOf = (exchange: IndexedExchange | undefined) => exchange?.tokens.map(toHex) ?? [];

  test('is which records share a word, and nothing that others can compute', async () => {
    const [first, second] = await committed('blue', 'blue');
    expect(new Set(tokensOf(first))).toEqual(new Set(tokensOf(second)));
    const [other] = await committed('blue');
    expect(tokensOf(other).filter((token) => tokensOf(first).includes(token))).toEqual([]);
    const all = toHex(concat(...(first?.tokens ?? [])));
    for (const word of ['blue', 'echo', 'bl', 'ec']) {
      const bytes = new TextEncoder().encode(word);
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      expect(all).not.toContain(toHex(hash.subarray(0, 8)));
      expect(all).not.toContain(toHex(bytes));
    }
  });
});
