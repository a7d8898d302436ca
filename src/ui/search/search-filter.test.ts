import { expect, test } from 'vitest';
import { formatSearch, parseSearch } from './search-filter.ts';

test('a search is read back from its address', () => {
  for (const search of [
    { text: '', peer: '' },
    { text: 'blue & "red" doors', peer: '' },
    { text: 'blue', peer: 'helper_agent_001' },
  ]) {
    expect(parseSearch(formatSearch(search))).toEqual(search);
  }
});

test('what is no agent and what is too long is left out', () => {
  expect(parseSearch('q=a&peer=<b>')).toEqual({ text: 'a', peer: '' });
  expect(parseSearch(`q=${'a'.repeat(500)}`).text).toHaveLength(200);
});
