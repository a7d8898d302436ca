import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { exchange } from '../exchange/testing/exchange.ts';
import { drawnFrom, mergedExchanges, sessionRuns, withoutDeleted } from './conversation-model.ts';

const [one, two] = ['a'.repeat(32), 'b'.repeat(32)] as const;

const names = (exchanges: readonly ExchangeView[]) => exchanges.map(({ requestId }) => requestId);

/** An exchange without a place in the history. */
function notKept(name: number, at: number): ExchangeView {
  const { sequence: _, ...rest } = exchange(name, { at, status: 'failed' });
  return rest;
}

/** A stretch that is the whole conversation. */
function whole(exchanges: readonly ExchangeView[]) {
  return { exchanges, hasOlder: false, hasNewer: false };
}

describe('a conversation out of kept pages and live exchanges', () => {
  test('is whole and in order, whatever part of it each of the two holds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 2 }),
        (total, cuts) => {
          const all = Array.from({ length: total }, (_, at) => exchange(at + 1));
          const [keptTo = total, liveFrom = 0] = cuts.map((cut) => Math.min(cut, total));
          const live = all.slice(Math.min(liveFrom, keptTo));
          expect(mergedExchanges(whole(all.slice(0, keptTo)), live)).toEqual(all);
        },
      ),
    );
  });

  test('shows the live state of an exchange that the history has too', () => {
    const kept = [exchange(1, { status: 'pending' }), exchange(2)];
    expect(mergedExchanges(whole(kept), [exchange(1)])).toEqual([exchange(1), exchange(2)]);
  });

  test('what could not be kept stands where its time puts it', () => {
    const merged = mergedExchanges(whole([exchange(1), exchange(2)]), [notKept(9, 15), exchange(3), notKept(8, 99)]);
    expect(names(merged)).toEqual(['r1', 'r9', 'r2', 'r3', 'r8']);
  });

  test('nothing is added after a stretch that ends before the conversation does', () => {
    const stretch = { ...whole([exchange(1), exchange(2)]), hasNewer: true };
    const merged = mergedExchanges(stretch, [exchange(2, { method: 'echo' }), exchange(50)]);
    expect(merged).toEqual([exchange(1), exchange(2, { method: 'echo' })]);
  });

  test('nothing is added before a stretch that begins after the conversation does', () => {
    const stretch = { ...whole([exchange(40), exchange(41)]), hasOlder: true };
    const merged = mergedExchanges(stretch, [exchange(3), notKept(9, 15), exchange(42), notKept(8, 999)]);
    expect(names(merged)).toEqual(['r40', 'r41', 'r42', 'r8']);
  });
});

describe('runs of a conversation', () => {
  test('begin where another session goes on, and have keys of their own', () => {
    const runs = sessionRuns([
      exchange(1),
      exchange(2),
      exchange(3, { sessionId: two }),
      exchange(4, { sessionId: '' }),
      exchange(5, { sessionId: one }),
    ]);
    expect(runs.map(({ sessionId, exchanges }) => [sessionId, names(exchanges)])).toEqual([
      [one, ['r1', 'r2']],
      [two, ['r3', 'r4']],
      [one, ['r5']],
    ]);
    expect(new Set(runs.map(({ key }) => key)).size).toBe(3);
  });

  test('a request that never got a session begins a run without one', () => {
    const runs = sessionRuns([exchange(1, { sessionId: '' }), exchange(2)]);
    expect(runs.map(({ sessionId }) => sessionId)).toEqual(['', one]);
  });
});

test('as many are drawn as were asked for, or more to show one that is led to', () => {
  const all = Array.from({ length: 100 }, (_, at) => exchange(at + 1));
  expect(drawnFrom(all, 30, -1)).toBe(70);
  expect(drawnFrom(all, 30, 90)).toBe(70);
  expect(drawnFrom(all, 30, 40)).toBe(30);
  expect(drawnFrom(all, 30, 3)).toBe(0);
  expect(drawnFrom(all, 300, -1)).toBe(0);
});

test('what was deleted since it was read is not in the stretch any more, and nothing else goes', () => {
  const stretch = { exchanges: [1, 2, 3, 4, 5].map((sequence) => exchange(sequence)), hasOlder: true, hasNewer: false };
  const left = (upTo: number, ...single: readonly number[]) =>
    withoutDeleted(stretch, { upTo, single: new Set(single) }).exchanges.map(({ sequence }) => sequence);
  expect(left(2, 4)).toEqual([3, 5]);
  expect(left(0, 1)).toEqual([2, 3, 4, 5]);
  expect(left(9)).toEqual([]);
  expect(withoutDeleted(stretch, undefined)).toBe(stretch);
});
