import { expect, test } from 'vitest';
import { searchedTexts } from './testing/texts.ts';
import { wordsIn } from './words.ts';

test.each(searchedTexts)('the words of %j are the same in the browser', (text, words) => {
  expect([...wordsIn(text)]).toEqual(words);
});
