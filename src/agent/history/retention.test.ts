import { describe, expect, test, vi } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { AgentStore } from '../contracts/ports.ts';
import type { AgentEvent } from '../contracts/views.ts';
import { TestClock } from '../testing/clock.ts';
import { asked, type HistoryConversation, historyConversation, peerId } from './testing/history-conversation.ts';

const dayMs = 86_400_000;

const shown = ({ activity }: HistoryConversation) => activity.snapshot().exchanges.map(({ parameters }) => parameters);
const deletions = (events: readonly AgentEvent[]) => events.filter(({ type }) => type === 'deleted');

async function kept({ historyService }: HistoryConversation) {
  return (await historyService.history.page(peerId)).exchanges.map(({ parameters }) => parameters);
}

describe('a conversation that is kept', () => {
  test('for days loses what is older, when that is set, every hour and at a start', async () => {
    const conversation = await historyConversation();
    const { clock, historyService, events, store, say } = conversation;
    await say('old');
    clock.advance(3 * dayMs);
    await say('young');
    const retention = { keep: 'days', days: 2 } as const;
    expect(await historyService.retention.set(peerId, retention)).toMatchObject({ exchanges: 1, retention });
    expect(shown(conversation)).toEqual(['young']);
    expect(await kept(conversation)).toEqual(['young']);
    expect(deletions(events)).toEqual([{ type: 'deleted', peerId, which: { upTo: 1 } }]);

    clock.advance(2 * dayMs);
    expect(await kept(conversation)).toEqual(['young']);
    clock.advance(3_600_000);
    await vi.waitFor(async () => expect(await kept(conversation)).toEqual([]), { timeout: 10_000 });

    await say('last');
    historyService.stop();
    clock.advance(3 * dayMs);
    const reborn = await historyConversation(store, clock);
    expect(shown(reborn)).toEqual([]);
    expect(await kept(reborn)).toEqual([]);
  });

  test('up to a size loses its oldest when it grows', async () => {
    const conversation = await historyConversation();
    const { clock, historyService, say } = conversation;
    await say('first');
    const [{ bytes } = { bytes: 0 }] = await historyService.retention.usages();
    await historyService.retention.set(peerId, { keep: 'bytes', bytes: 2 * bytes + 8 });
    for (const word of ['words', 'third', 'forth']) await say(word);
    expect(await kept(conversation)).toHaveLength(4);
    clock.advance(10_000);
    await vi.waitFor(async () => expect(await kept(conversation)).toEqual(['third', 'forth']), { timeout: 10_000 });
    expect(await historyService.retention.usages()).toMatchObject([{ peerId, exchanges: 2 }]);
  });

  test('says before how many exchanges would go, and then loses as many', async () => {
    const conversation = await historyConversation();
    const { clock, historyService, say } = conversation;
    for (const word of ['one', 'two', 'gone']) await say(word);
    await historyService.deleteHistory(peerId, [3]);
    clock.advance(3 * dayMs);
    await say('young');
    const [{ bytes } = { bytes: 0 }] = await historyService.retention.usages();
    expect(await historyService.retention.wouldDelete(peerId, { keep: 'all' })).toBe(0);
    expect(await historyService.retention.wouldDelete(peerId, { keep: 'bytes', bytes })).toBe(0);
    expect(await historyService.retention.wouldDelete(peerId, { keep: 'bytes', bytes: 1 })).toBe(3);
    expect(await historyService.retention.wouldDelete('nobody', { keep: 'days', days: 1 })).toBe(0);
    expect(await historyService.retention.wouldDelete(peerId, { keep: 'days', days: 2 })).toBe(2);
    expect(await kept(conversation)).toEqual(['one', 'two', 'young']);
    expect(await historyService.retention.set(peerId, { keep: 'days', days: 2 })).toMatchObject({ exchanges: 1 });
  });

  test('without a limit loses nothing', async () => {
    const conversation = await historyConversation();
    await conversation.say('stays');
    conversation.clock.advance(400 * dayMs);
    await conversation.historyService.retention.enforce();
    expect(await kept(conversation)).toEqual(['stays']);
  });

  test.each([
    { keep: 'days', days: 0 },
    { keep: 'bytes', bytes: -1 },
    { keep: 'days', days: 1.5 },
    { keep: 'bytes', bytes: Number.NaN },
  ] as const)('is not given the limit %j', async (retention) => {
    const { historyService } = await historyConversation();
    await expect(historyService.retention.set(peerId, retention)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(historyService.retention.wouldDelete(peerId, retention)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('what a person deletes', () => {
  test('is gone from the disk, from memory and from the pages, and its numbers are not given again', async () => {
    const conversation = await historyConversation();
    const { historyService, events, store, say } = conversation;
    for (const word of ['one', 'two', 'three']) await say(word);
    expect(await historyService.deleteHistory(peerId, [2])).toBe(1);
    expect(shown(conversation)).toEqual(['one', 'three']);
    expect(await kept(conversation)).toEqual(['one', 'three']);
    expect(await historyService.deleteHistory(peerId)).toBe(2);
    expect(shown(conversation)).toEqual([]);
    expect(await store.exchangesAfter(peerId, 0, 9)).toEqual([]);
    expect(deletions(events)).toHaveLength(2);
    historyService.stop();
    expect((await (await historyConversation(store)).say('four')).sequence).toBe(4);
  });

  test('while it is under way is not kept again when its answer comes', async () => {
    const conversation = await historyConversation();
    const { history, deleteHistory } = conversation.historyService;
    const pending = await history.keep(asked('under way', 'req_9'));
    expect(await deleteHistory(peerId)).toBe(1);
    const answered = await history.settle({ ...pending, status: 'success', result: 'late' });
    expect(answered).toMatchObject({ result: 'late' });
    expect(answered.sequence).toBeUndefined();
    expect(await kept(conversation)).toEqual([]);
    const asking = await history.keep({ ...answered, status: 'pending' });
    await history.settle({ ...asking, status: 'success' });
    expect(await kept(conversation)).toEqual(['under way']);
  });

  test('that fails deletes nothing: what is under way is kept when its answer comes', async () => {
    const disk = createMemoryAgentStore();
    let isFull = false;
    const refusing: AgentStore = {
      ...disk,
      deleteExchanges: async (...given) => {
        if (isFull) throw new ParleyError('storage_full', 'There is no room.');
        return disk.deleteExchanges(...given);
      },
    };
    const conversation = await historyConversation(refusing);
    const { history, deleteHistory } = conversation.historyService;
    const pending = await history.keep(asked('under way', 'req_9'));
    isFull = true;
    await expect(deleteHistory(peerId)).rejects.toMatchObject({ code: 'storage_full' });
    await history.settle({ ...pending, status: 'success', result: 'late' });
    expect((await history.page(peerId)).exchanges).toMatchObject([{ status: 'success', result: 'late' }]);
  });

  test('of nobody is nothing', async () => {
    const { historyService, events } = await historyConversation();
    expect(await historyService.deleteHistory('nobody_here_001')).toBe(0);
    expect(deletions(events)).toEqual([]);
  });
});

test('a history that cannot be brought back leaves nothing running', async () => {
  const disk = createMemoryAgentStore();
  const broken: AgentStore = {
    ...disk,
    openExchanges: () => Promise.reject(new ParleyError('storage_failed', 'The disk cannot be read.')),
  };
  const clock = new TestClock(1_790_000_000_000);
  await expect(historyConversation(broken, clock)).rejects.toMatchObject({ code: 'storage_failed' });
  expect(clock.waiting).toBe(0);
});
