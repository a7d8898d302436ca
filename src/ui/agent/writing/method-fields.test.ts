import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldsOf, parametersFrom, readFields, startingParameters } from './method-fields.ts';

const query = fieldsOf('send_request') ?? [];

test('fields write the JSON that they read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(readFields(query, parametersFrom({ query: text }))).toEqual({ query: text });
    }),
  );
});

test('a known method starts with its fields empty, any other without parameters', () => {
  expect(['send_request', 'echo', 'ping', 'order_food', 'toString'].map(startingParameters)).toEqual([
    '{"query": ""}',
    '{"text": ""}',
    '{}',
    '{}',
    '{}',
  ]);
});

test.each(['{"query": 1}', '{"query": "a", "more": ""}', '["a"]', 'null', '{"query": "a"', ''])(
  'what fields cannot show is left as JSON: %s',
  (json) => {
    expect(readFields(query, json)).toBeUndefined();
  },
);

test('what was left out is an empty field', () => {
  expect(readFields(query, '{}')).toEqual({});
});
