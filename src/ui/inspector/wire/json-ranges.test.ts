import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonLeaves, runsOf } from './json-ranges.ts';

describe('the members of a text', () => {
  test('have a path, and stand where they stand', () => {
    const text = '{ "a" : 1, "b":{"c":"x,}","d":[1,{"e":"]"}] } , "f":true}';
    const leaves = jsonLeaves(text);
    expect(leaves.map(({ path, value }) => [path, text.slice(value.from, value.to)])).toEqual([
      ['a', '1'],
      ['b.c', '"x,}"'],
      ['b.d', '[1,{"e":"]"}]'],
      ['f', 'true'],
    ]);
    expect(leaves.map(({ whole }) => text.slice(whole.from, whole.to))[1]).toBe('"c":"x,}"');
  });

  const deep = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  test('stand where they stand in lists of lists too', () => {
    expect(jsonLeaves('{"a":[[1],{"b":[2]}],"c":[]}').map(({ path, value }) => [path, value])).toEqual([
      ['a', { from: 5, to: 20 }],
      ['c', { from: 25, to: 27 }],
    ]);
    expect(jsonLeaves(deep(16))).toHaveLength(1);
    expect(jsonLeaves(deep(1_000_000))).toEqual([]);
  });

  test.each([
    '',
    '[1]',
    '{',
    '{"a"}',
    '{"a":}',
    '{"a":1} more',
    '"text"',
    '{"a":"',
    '{"a":1,}',
    '{"a":[1,]}',
    '{"a":1 /* one */}',
    '// one\n{"a":1}',
    '{"a":01}',
    '{"a":\'x\'}',
    '{"a":"\u0001"}',
    '{"a":NaN}',
    '{"a":[1}',
  ])('%j has none', (text) => {
    expect(jsonLeaves(text)).toEqual([]);
  });
});

const json = fc.dictionary(
  fc.string(),
  fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.dictionary(fc.string(), fc.string()),
    fc.array(fc.string()),
  ),
);

test('runs put together are the text, of any object and with any spacing', async () => {
  await fc.assert(
    fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const runs = runsOf(text.length, jsonLeaves(text));
      expect(runs.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text);
    }),
  );
});

test('a leaf’s value reads back', async () => {
  await fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.oneof(fc.string(), fc.integer())), (value) => {
      const text = JSON.stringify(value);
      const read = Object.fromEntries(
        jsonLeaves(text).map((leaf) => [leaf.path, JSON.parse(text.slice(leaf.value.from, leaf.value.to))]),
      );
      expect(read).toEqual({ ...value });
    }),
  );
});

test('what is no JSON has none, and no text makes it throw', async () => {
  await fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '"', ':', ',', '[', ']', 'a', '1', '\\', ' ', '/', '*') }),
      (text) => {
        for (const tried of [text, `{"a":${text}}`, `{"a":[${text}]}`]) {
          expect(jsonLeaves(tried).length === 0 || isJson(tried)).toBe(true);
        }
      },
    ),
    { numRuns: 500 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
