import { expect, test } from 'vitest';
import type { Json } from '../agent/contracts/views.ts';
import { saidText } from './said-text.ts';

test.each<[Json, string, Json | undefined]>([
  ['Hello', 'Hello', undefined],
  [{ query: 'Hello' }, 'Hello', undefined],
  [{ text: 'one\ntwo' }, 'one\ntwo', undefined],
  [{ processed_at: 5, response: 'Hello' }, 'Hello', { processed_at: 5 }],
  [{ query: 'the question', response: 'the answer' }, 'the answer', { query: 'the question' }],
  [{ response: 1, text: 'in words' }, 'in words', { response: 1 }],
])('%j is read as text', (value, text, rest) => {
  expect(saidText(value)).toEqual(rest === undefined ? { text } : { text, rest });
});

test.each<[Json | undefined]>([
  [undefined],
  [null],
  [5],
  [''],
  ['  \n'],
  [{}],
  [['Hello']],
  [{ pong: true }],
  [{ query: { text: 'deeper' } }],
  [{ text: '' }],
  [JSON.parse('{"__proto__": {"text": "inherited"}}')],
])('%j stays JSON', (value) => {
  expect(saidText(value)).toBeUndefined();
});
