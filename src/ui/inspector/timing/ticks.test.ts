import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ticks } from './ticks.ts';

test.each([
  [18, [0, 5, 10, 15]],
  [0, [0]],
  [100, [0, 20, 40, 60, 80, 100]],
])('%d ms', (total, places) => {
  expect(ticks(total)).toEqual(places);
});

test('there are never too many, and none beyond the end', async () => {
  await fc.assert(
    fc.property(fc.double({ min: 0.001, max: 100_000, noNaN: true }), (total) => {
      const places = ticks(total);
      expect(places.length).toBeGreaterThan(1);
      expect(places.length).toBeLessThanOrEqual(9);
      expect(places.at(-1)).toBeLessThanOrEqual(total * 1.000001);
    }),
  );
});
