import { expect, test } from 'vitest';
import { turnedStrings } from './turned-strings.ts';

function found(text: string): readonly string[] {
  return turnedStrings(text).map(({ start, end }) => text.slice(start, end));
}

test.each([
  ['{"a": "b"}', []],
  ['שלום', []],
  ['{"a": "שלום", "b": "عالم", "c": 5}', ['שלום', 'عالم']],
  ['["a\\"ש", "\\\\", "ם"]', ['a\\"ש', 'ם']],
  ['"a\nש"', ['a\nש']],
  ['["ש", "cut ם', ['ש', 'cut ם']],
  ['"cut ש\\', ['cut ש']],
] as const)('the strings of %j that are written from right to left', (text, strings) => {
  expect(found(text)).toEqual(strings);
});

test.each([
  ['one quote and only letters from right to left', `"${'ש'.repeat(300_000)}`, 1],
  ['quotes that are all escaped', `ש${'\\"'.repeat(300_000)}`, 0],
  ['a string that ends in half an escape', `"ש${'\\"'.repeat(300_000)}\\`, 1],
])('are found in time that grows with the length only: %s', (_, text, count) => {
  expect(turnedStrings(text)).toHaveLength(count);
});
