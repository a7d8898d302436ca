import { expect, test } from 'vitest';
import { isExact, lookupOf, termsOf } from './query.ts';

const whole = (text: string) => ({ text, isPrefix: false });
const beginning = (text: string) => ({ text, isPrefix: true });

test('the last word may be the beginning of one', () => {
  expect(termsOf('Blue DOO')).toEqual([whole('blue'), beginning('doo')]);
  expect(termsOf('blue doo,')).toEqual([whole('blue'), whole('doo')]);
  expect(termsOf('req_12')).toEqual([whole('req'), beginning('12')]);
});

test('a letter alone is a whole word, but for scripts without spaces', () => {
  expect(termsOf('a')).toEqual([whole('a')]);
  expect(termsOf('東')).toEqual([beginning('東')]);
  expect(termsOf('東 blue')).toEqual([beginning('東'), beginning('blue')]);
  expect(termsOf('東京都')).toEqual([whole('東京'), whole('京都')]);
});

test('words count once, and not beyond the sixteenth', () => {
  expect(termsOf('blue Blue BLUE ')).toEqual([whole('blue')]);
  expect(termsOf('')).toEqual([]);
  expect(termsOf(Array.from({ length: 40 }, (_, number) => `w${number}`).join(' '))).toHaveLength(16);
});

test('a long prefix is looked up by its first eight letters, and then not exact', () => {
  expect(lookupOf(beginning('internatio'))).toEqual(beginning('internat'));
  expect(isExact([whole('internationally'), beginning('internat')])).toBe(true);
  expect(isExact([beginning('internati')])).toBe(false);
});
