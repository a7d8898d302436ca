import { expect, test } from 'vitest';
import { wordsOfExchange } from './exchange-words.ts';
import { searchedTexts } from './testing/texts.ts';
import { wordsIn, wordsLookedFor } from './words.ts';

test.each(searchedTexts)('the words of %j', (text, words) => {
  expect([...wordsIn(text)]).toEqual(words);
});

test('a text that was folded is folded', () => {
  for (const [text] of searchedTexts) {
    for (const word of wordsIn(text)) expect([...wordsIn(word)][0]).toBe(word);
  }
});

test('what is looked for is open at its end unless something comes after it', () => {
  expect(wordsLookedFor('Blue do')).toEqual({ words: ['blue', 'do'], isLastOpen: true });
  expect(wordsLookedFor('Blue do ')).toEqual({ words: ['blue', 'do'], isLastOpen: false });
  expect(wordsLookedFor('  … ')).toEqual({ words: [], isLastOpen: false });
  expect(wordsLookedFor('東京都').words).toEqual(['東京', '京都']);
  expect(wordsLookedFor('東').words).toEqual(['東']);
});

test('a word counts up to its 64th letter', () => {
  const [word = ''] = wordsIn(`${'ä'.repeat(64)}tail`);
  expect(word).toBe('ä'.repeat(64));
  expect([...wordsIn('𝒳'.repeat(100))]).toEqual(['x'.repeat(64)]);
});

test('an exchange is found by names, texts and numbers of all that was said', () => {
  const words = wordsOfExchange({
    method: 'book_flight',
    parameters: { from: 'Zürich', stops: [1.5, { via: null }], direct: true },
    result: { confirmation: 'ABC-123' },
    error: { code: 'unknown_method', detail: 'No such thing.' },
  });
  const expected = 'book flight from zürich stops 1 5 via direct confirmation abc 123 unknown method no such thing';
  expect([...words].sort()).toEqual(expected.split(' ').sort());
});

test('what went through a group is found by every answer, and by the name of what came with it', () => {
  const group = {
    ...{ groupId: 'ab'.repeat(16), messageId: 'cd'.repeat(16), sender: 'helper_agent_001', kind: 'request' as const },
    answers: [
      { from: 'helper_agent_001', at: 1, status: 'success' as const, result: { text: 'Lighthouse' } },
      { from: 'keeper_agent_001', at: 2, status: 'error' as const, error: { code: 'not_permitted', detail: 'Never.' } },
    ],
    ...{ awaiting: [], delivery: 'stored' as const, attachment: { size: 5, name: 'map.png' } },
  };
  const words = wordsOfExchange({ method: 'echo', parameters: 'Where', group });
  expect([...words].sort()).toEqual('echo lighthouse map never not permitted png text where'.split(' '));
});

test('a text that is repeated without end crowds nothing out', () => {
  const parameters = { seats: Array.from({ length: 100_000 }, () => '1'), empty: ['', ''], name: 'needle' };
  expect([...wordsOfExchange({ method: 'note', parameters })].sort()).toEqual([
    '1',
    'empty',
    'name',
    'needle',
    'note',
    'seats',
  ]);
});

test('a long text crowds no short one out, and there is an end to reading', () => {
  const long = Array.from({ length: 5_000 }, (_, number) => `filler${number}`).join(' ');
  const words = wordsOfExchange({ method: 'note', parameters: { a: long, b: 'needle' }, result: 'answer' });
  expect(words.size).toBe(512);
  expect(words).toContain('needle');
  expect(words).toContain('answer');
  expect(wordsOfExchange({ method: 'note', parameters: `${'- '.repeat(40_000)}late` })).not.toContain('late');
});
