import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FixedWindow } from './fixed-window.ts';

describe('a fixed window', () => {
  test('gives each key its points once, and again when the window has ended', () => {
    const windows = new FixedWindow(3, 1_000);
    const spend = (key: string, now: number, cost = 1) => windows.spend(key, cost, now);
    expect([spend('a', 0), spend('a', 10), spend('a', 20), spend('a', 30)]).toEqual([true, true, true, false]);
    expect(spend('b', 40)).toBe(true);
    expect(spend('a', 999)).toBe(false);
    expect(spend('a', 1_000)).toBe(true);
    expect(spend('a', 1_000, 3)).toBe(false);
    expect(spend('b', 1_039, 2)).toBe(true);
    expect(spend('b', 1_039)).toBe(false);
  });

  test('a request that costs more than there is is refused, and is spent', () => {
    const windows = new FixedWindow(10, 1_000);
    expect(windows.spend('a', 11, 0)).toBe(false);
    expect(windows.spend('a', 1, 0)).toBe(false);
  });

  test('keeps nothing of windows that have ended', () => {
    const windows = new FixedWindow(1, 1_000);
    for (let at = 0; at < 10_000; at += 1) windows.spend(`key ${at}`, 1, at);
    expect(windows.size).toBe(1_000);
    windows.spend('late', 1, 20_000);
    expect(windows.size).toBe(1);
  });

  test('forgets the window that ends first when there are too many, and never that of the one who asks', () => {
    const windows = new FixedWindow(1, 1_000, 3);
    for (const [now, key] of ['a', 'b', 'c'].entries()) expect(windows.spend(key, 1, now)).toBe(true);
    expect(windows.spend('a', 1, 5)).toBe(false);
    expect(windows.spend('d', 1, 5)).toBe(true);
    expect(windows.size).toBe(3);
    expect(windows.spend('b', 1, 5)).toBe(false);
    expect(windows.spend('a', 1, 5)).toBe(true);
  });

  test('says of any requests what a list of them says', async () => {
    const request = fc.record({
      key: fc.constantFrom('a', 'b', 'c', '__proto__'),
      cost: fc.integer({ min: 1, max: 4 }),
      after: fc.integer({ min: 0, max: 400 }),
    });
    await fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        const windows = new FixedWindow(5, 1_000);
        const begun = new Map<string, { at: number; spent: number }>();
        let now = 0;
        for (const { key, cost, after } of requests) {
          now += after;
          const old = begun.get(key);
          const window = old !== undefined && now - old.at < 1_000 ? old : { at: now, spent: 0 };
          window.spent += cost;
          begun.set(key, window);
          expect(windows.spend(key, cost, now)).toBe(window.spent <= 5);
        }
      }),
    );
  });
});
