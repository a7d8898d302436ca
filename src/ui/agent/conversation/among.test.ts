import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placedAmong, type Timed, withinDrawn } from './among.ts';

const times = (values: readonly number[]): Timed[] => values.map((at) => ({ at }));
const whole = { goesBack: false, goesOn: false };

/** The times of everything in the order in which it is drawn. */
function drawn(exchanges: readonly Timed[], others: readonly Timed[], ends = whole): number[] {
  const { before, after } = placedAmong(exchanges, withinDrawn({ exchanges, ...ends }, others));
  const all = exchanges.flatMap((exchange) => [...(before.get(exchange) ?? []), exchange]);
  return [...all, ...after].map(({ at }) => at);
}

test('everything is drawn once, in the order of time', () => {
  const sorted = fc.array(fc.nat(50), { maxLength: 20 }).map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(sorted, sorted, (exchanges, others) => {
      expect(drawn(times(exchanges), times(others))).toEqual([...exchanges, ...others].sort((a, b) => a - b));
    }),
  );
});

test('exchanges keep their order where their times do not', () => {
  expect(drawn(times([5, 3, 9]), times([4, 6]))).toEqual([4, 5, 3, 6, 9]);
});

test('nothing is drawn where the conversation goes on beyond the stretch', () => {
  expect(drawn(times([5, 9]), times([4, 6, 10]), { goesBack: true, goesOn: true })).toEqual([5, 6, 9]);
  expect(drawn(times([5, 9]), times([4, 6, 10]), { goesBack: false, goesOn: true })).toEqual([4, 5, 6, 9]);
  expect(drawn([], times([4]), { goesBack: true, goesOn: false })).toEqual([]);
});
