import { describe, expect, test } from 'vitest';
import type { HistoryPageView } from '../../../agent/contracts/history-views.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { exchange } from '../exchange/testing/exchange.ts';
import { ConversationPages } from './conversation-pages.ts';

/** A history of the given sequences, of which no more than `most` are read at a time. */
function historyOf(sequences: readonly number[], most = Number.POSITIVE_INFINITY) {
  return async (before = Number.POSITIVE_INFINITY, count = 50): Promise<HistoryPageView> => {
    const earlier = sequences.filter((sequence) => sequence < before);
    const page = earlier.slice(-Math.min(count, most));
    const first = page[0];
    return {
      exchanges: page.map((sequence) => exchange(sequence)),
      ...(first === undefined || page.length === earlier.length ? {} : { olderThan: first }),
    };
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const sequencesOf = (pages: ConversationPages) => pages.store.getState().exchanges.map(({ sequence }) => sequence);

describe('pages of a kept conversation', () => {
  test('from the end back to the beginning, each exchange once', async () => {
    const pages = new ConversationPages(historyOf(upTo(25)), 10);
    await pages.open();
    expect(sequencesOf(pages)).toEqual(upTo(25).slice(-10));
    expect(pages.store.getState()).toMatchObject({ hasOlder: true, hasNewer: false });
    await pages.older();
    await pages.older();
    expect(sequencesOf(pages)).toEqual(upTo(25));
    expect(pages.store.getState().hasOlder).toBe(false);
  });

  test('around an exchange in the middle, and on to the end, over what was deleted', async () => {
    const pages = new ConversationPages(historyOf([...upTo(30), ...upTo(100).slice(80)]), 10);
    await pages.open(15);
    expect(sequencesOf(pages)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(pages.store.getState()).toMatchObject({ hasOlder: true, hasNewer: true });
    for (let turn = 0; turn < 4; turn++) await pages.newer();
    expect(sequencesOf(pages)).toEqual([...upTo(30).slice(9), ...upTo(100).slice(80)]);
    expect(pages.store.getState().hasNewer).toBe(false);
  });

  test('have no gap where exchanges are so large that few are read at a time', async () => {
    const pages = new ConversationPages(historyOf(upTo(40), 3), 10);
    await pages.open(15);
    expect(sequencesOf(pages)).toContain(15);
    const first = sequencesOf(pages)[0] ?? 0;
    for (let turn = 0; turn < 20; turn++) await pages.newer();
    expect(sequencesOf(pages)).toEqual(upTo(40).slice(first - 1));
    expect(pages.store.getState().hasNewer).toBe(false);
    for (let turn = 0; turn < 20; turn++) await pages.older();
    expect(sequencesOf(pages)).toEqual(upTo(40));
  });

  test('a reading that failed leaves what was read, and says why', async () => {
    let broken = false;
    const whole = historyOf(upTo(20));
    const pages = new ConversationPages(async (...page) => {
      if (broken) throw new ParleyError('storage_failed', 'The disk is gone.');
      return whole(...page);
    }, 10);
    await pages.open();
    broken = true;
    await pages.older();
    expect(sequencesOf(pages)).toEqual(upTo(20).slice(10));
    expect(pages.store.getState()).toMatchObject({ isLoading: false, failure: { code: 'storage_failed' } });
    broken = false;
    await pages.older();
    expect(pages.store.getState().failure).toBeUndefined();
    expect(sequencesOf(pages)).toEqual(upTo(20));
  });

  test('an answer that was overtaken by a later reading is dropped', async () => {
    const late = Promise.withResolvers<HistoryPageView>();
    const whole = historyOf(upTo(40));
    let calls = 0;
    const pages = new ConversationPages((...page) => {
      calls += 1;
      return calls === 1 ? late.promise : whole(...page);
    }, 10);
    const first = pages.open();
    await pages.open(10);
    late.resolve({ exchanges: [exchange(99)] });
    await first;
    expect(sequencesOf(pages)).toContain(10);
    expect(sequencesOf(pages)).not.toContain(99);
  });
});
