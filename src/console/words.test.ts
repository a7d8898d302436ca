import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteWord, splitWords } from './words.ts';

describe('a command line', () => {
  test.each([
    ['send helper "Hello Helper!"', ['send', 'helper', 'Hello Helper!']],
    ['send helper \'it said "no"\'', ['send', 'helper', 'it said "no"']],
    ['send helper echo {"a":1}', ['send', 'helper', 'echo', '{a:1}']],
    ['send helper echo \'{"a": 1}\'', ['send', 'helper', 'echo', '{"a": 1}']],
    ['  peers  ', ['peers']],
    ['send helper ""', ['send', 'helper', '']],
    ['say a\\ b', ['say', 'a b']],
    ['', []],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  test('a quote that is not closed is told', () => {
    expect(() => splitWords('send helper "Hello')).toThrowError(expect.objectContaining({ code: 'invalid_input' }));
  });

  test('quoted words are read back', async () => {
    await fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitWords(words.map(quoteWord).join(' '))).toEqual(words);
      }),
    );
  });
});
