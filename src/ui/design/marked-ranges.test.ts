import { describe, expect, test } from 'vitest';
import { wordsIn, wordsLookedFor } from '../../agent/search/words.ts';
import { formatWords, type MarkedWord, markedRanges, parseWords } from './marked-ranges.ts';

const whole = (text: string): MarkedWord => ({ text, isPrefix: false });
const beginning = (text: string): MarkedWord => ({ text, isPrefix: true });

function marked(text: string, ...words: readonly MarkedWord[]): readonly string[] {
  return markedRanges(text, words).map(({ start, end }) => text.slice(start, end));
}

describe('what is highlighted', () => {
  test('whole words in any case, and beginnings where a beginning was looked for', () => {
    const text = '{"query": "The Blue door, BLUE doors, bluebell"}';
    expect(marked(text, whole('blue'), beginning('door'))).toEqual(['Blue', 'door', 'BLUE', 'doors']);
    expect(marked(text, beginning('blue'))).toEqual(['Blue', 'BLUE', 'bluebell']);
  });

  test('no part of a word, and nothing when nothing was looked for', () => {
    expect(marked('"adoor"', beginning('door'))).toEqual([]);
    expect(marked('"door"')).toEqual([]);
  });

  test('words of other scripts, however they are composed', () => {
    const text = '"CAFE\u0301 und Straße"';
    expect(marked(text, ...[...wordsIn('café STRASSE')].map(whole))).toEqual(['CAFE\u0301', 'Straße']);
  });

  test('of a script without spaces the letters that were looked for, wherever they stand', () => {
    expect(marked('"明日東京都へ"', ...wordsLookedFor('東京都').words.map(whole))).toEqual(['東京都']);
    expect(marked('"abc東京xyz"', whole('東京'), whole('xyz'))).toEqual(['東京', 'xyz']);
    expect(marked('"大阪"', whole('東京'))).toEqual([]);
  });

  test('what JSON writes in place of a character is no part of a word', () => {
    expect(marked(JSON.stringify('one\nnew\u0007line'), whole('new'), whole('line'))).toEqual(['new', 'line']);
    expect(marked(JSON.stringify('C:\\temp'), whole('temp'))).toEqual(['temp']);
  });

  test('a text that is no JSON has no escapes', () => {
    const path = 'C:\\temp';
    expect(markedRanges(path, [whole('temp')], false)).toEqual([{ start: 3, end: 7 }]);
    expect(markedRanges(path, [whole('temp')])).toEqual([]);
  });
});

test('words are read back from an address as they were written', () => {
  const words = [whole('blue'), beginning('doo')];
  expect(formatWords(words)).toBe('blue doo*');
  expect(parseWords(formatWords(words))).toEqual(words);
  expect(parseWords(undefined)).toEqual([]);
  expect(parseWords(' * ')).toEqual([]);
});
