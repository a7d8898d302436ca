import { describe, expect, test } from 'vitest';
import { compareNumbers, groupsOf } from './compare-numbers.ts';

const shown = '012345678901234567890123456789012345678901234567890123456789';

describe('a number that was pasted', () => {
  test('is equal however it is spaced', () => {
    expect(compareNumbers(shown, shown)).toEqual({ outcome: 'equal' });
    expect(compareNumbers(shown, ` ${groupsOf(shown).join(' - ')}\n`)).toEqual({ outcome: 'equal' });
  });

  test('differs in the groups that differ', () => {
    const other = `9${shown.slice(1, 59)}0`;
    expect(compareNumbers(shown, other)).toEqual({ outcome: 'differs', groups: [1, 12] });
  });

  test('with fewer or more digits is neither', () => {
    expect(compareNumbers(shown, shown.slice(0, 30))).toEqual({ outcome: 'not_sixty', digits: 30 });
    expect(compareNumbers(shown, `${shown}0`)).toEqual({ outcome: 'not_sixty', digits: 61 });
    expect(compareNumbers(shown, 'see you later')).toEqual({ outcome: 'nothing' });
  });
});
