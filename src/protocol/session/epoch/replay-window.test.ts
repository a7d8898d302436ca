import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReplayWindow } from './replay-window.ts';

/** The window as RFC 6479 describes it, with a set instead of bits. */
class PlainWindow {
  #top = -1;
  readonly #seen = new Set<number>();

  mark(sequence: number): boolean {
    if (this.#seen.has(sequence) || this.#top - sequence >= 1_024) return false;
    this.#seen.add(sequence);
    this.#top = Math.max(this.#top, sequence);
    return true;
  }
}

describe('the replay window', () => {
  test('takes each number once, in any order within 1,024', () => {
    const window = new ReplayWindow();
    for (const sequence of [5, 3, 1_027, 4]) expect(window.mark(sequence)).toBe(true);
    for (const sequence of [5, 4, 3]) expect(window.mark(sequence)).toBe(false);
    expect(window.mark(6)).toBe(true);
    expect(window.mark(1_031)).toBe(true);
    expect(window.mark(7)).toBe(false);
    expect(window.mark(8)).toBe(true);
  });

  test('looking changes nothing', () => {
    const window = new ReplayWindow();
    expect(window.accepts(9)).toBe(true);
    expect(window.accepts(9)).toBe(true);
    expect(window.mark(9)).toBe(true);
    expect(window.accepts(9)).toBe(false);
  });

  test('does what a set of everything would do', () => {
    const step = fc.oneof(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: 2 ** 40 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 2 ** 40 }), (steps, base) => {
        const [window, plain] = [new ReplayWindow(), new PlainWindow()];
        for (const sequence of steps.map((one) => (one < 4_001 ? base + one : one))) {
          const expected = plain.mark(sequence);
          expect(window.accepts(sequence)).toBe(expected);
          expect(window.mark(sequence)).toBe(expected);
        }
      }),
      { numRuns: 500 },
    );
  });
});
