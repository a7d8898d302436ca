import { expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { ExchangeView } from '../contracts/views.ts';
import { asked, type HistoryConversation, historyConversation, peerId } from './testing/history-conversation.ts';

const peerBudget = 20_000;

const request = (id: string, of = peerId): ExchangeView => ({
  ...asked('x'.repeat(1_000), id),
  peerId: of,
  direction: 'incoming',
});

/** Has the peer ask until it is refused; gives how many requests ran. */
async function flood({ historyService: { history } }: HistoryConversation, name: string): Promise<number> {
  for (let ran = 0; ran < 100; ran++) {
    try {
      const kept = await history.keep(request(`${name}_${ran}`));
      await history.settle({ ...kept, status: 'success', result: 'x'.repeat(1_000) });
    } catch (error) {
      expect(error).toMatchObject({ code: 'storage_full' });
      return ran;
    }
  }
  throw new Error('never refused');
}

async function stage() {
  const store = createMemoryAgentStore();
  let looks = 0;
  const usages = () => {
    looks += 1;
    return store.usages();
  };
  const conversation = await historyConversation({ ...store, usages }, undefined, { peerBudget });
  const bytes = async () => (await store.usages())[0]?.bytes ?? 0;
  return { conversation, store, bytes, looks: () => looks };
}

test('a peer without a limit is refused once its conversation takes the budget, and others are not', async () => {
  const { conversation, bytes, looks } = await stage();
  const { history } = conversation.historyService;
  expect(await flood(conversation, 'a')).toBeGreaterThan(5);
  expect(await bytes()).toBeGreaterThanOrEqual(peerBudget);
  expect(await bytes()).toBeLessThan(peerBudget + 3_000);
  expect(history.storage.failure?.detail).toContain(peerId);
  const before = looks();
  await expect(history.keep(request('again'))).rejects.toMatchObject({ code: 'storage_full' });
  expect(looks()).toBe(before);
  await expect(history.keep(request('other', 'other_agent_001'))).resolves.toMatchObject({ sequence: 1 });
  await expect(history.keep(asked('own words', 'own'))).resolves.toMatchObject({ direction: 'outgoing' });
  expect(history.storage).toEqual({});
});

test('what is deleted, or a limit of its own, makes room again', async () => {
  const { conversation, store, looks } = await stage();
  const { historyService } = conversation;
  const ran = await flood(conversation, 'a');
  await historyService.deleteHistory(peerId);
  expect(await flood(conversation, 'b')).toBe(ran);
  await historyService.retention.set(peerId, { keep: 'bytes', bytes: 10 * peerBudget });
  await expect(historyService.history.keep(request('limited'))).resolves.toMatchObject({ status: 'pending' });
  const before = looks();
  await expect(historyService.history.keep(request('limited too'))).resolves.toMatchObject({ status: 'pending' });
  expect(looks()).toBe(before);
  await historyService.retention.set(peerId, { keep: 'all' });
  await expect(historyService.history.keep(request('all'))).rejects.toMatchObject({ code: 'storage_full' });
  historyService.stop();
  const reborn = await historyConversation(store, undefined, { peerBudget });
  await expect(reborn.historyService.history.keep(request('reborn'))).rejects.toMatchObject({ code: 'storage_full' });
});
