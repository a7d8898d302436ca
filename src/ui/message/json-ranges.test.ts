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

  test.each(['', '[1]', '{', '{"a"}', '{"a":}', '{"a":1} more', '"text"', '{"a":"'])('%j has none', (text) => {
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
      const runs = runsOf(text, jsonLeaves(text));
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

test('no text makes it throw', async () => {
  await fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '"', ':', ',', '[', ']', 'a', '1', '\\', ' ') }),
      (text) => {
        expect(Array.isArray(jsonLeaves(text))).toBe(true);
      },
    ),
  );
});
