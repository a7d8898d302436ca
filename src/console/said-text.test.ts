import { expect, test } from 'vitest';
import type { Json } from '../agent/contracts/views.ts';
import { saidBesideFile, saidText } from './said-text.ts';

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

const file = { name: 'chart.pdf', media_type: 'application/pdf' };
const attachment = { size: 9 };

test.each<[string, Json, object | undefined, Json | undefined]>([
  ['the text beside a file', { text: 'The chart', file }, attachment, { text: 'The chart' }],
  ['nothing, of a file alone', { file }, attachment, undefined],
  ['all of what has no attachment', { text: 'The chart', file }, undefined, { text: 'The chart', file }],
  ['a member of another shape', { file: { name: 'a', secret: 'b' } }, attachment, { file: { name: 'a', secret: 'b' } }],
  ['a member that is no object', { file: 'chart' }, attachment, { file: 'chart' }],
  ['a text', 'The chart', attachment, 'The chart'],
])('a message says beside its attachment %s', (_, value, attached, said) => {
  expect(saidBesideFile(value, attached)).toEqual(said);
});
