import { expect, test } from 'vitest';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import { requirePlainJson } from './plain-json.ts';

class Row {
  readonly id = 1;
}

const circular: Record<string, unknown> = { items: [] };
circular.items = [{ of: circular }];

test.each<[string, unknown, string]>([
  [
    'a Date in a list',
    { items: [1, 2, 3, { when: new Date(0) }] },
    'parameters.items[3].when is an object of the class Date',
  ],
  ['a Date', new Date(0), 'send its toISOString()'],
  ['undefined', undefined, 'parameters is undefined'],
  [
    'undefined as a member',
    { a: { b: undefined } },
    'parameters.a.b is undefined, which JSON cannot hold: leave it out',
  ],
  ['undefined in a list', { items: [undefined] }, 'parameters.items[0] is undefined'],
  ['a hole', { items: Object.assign(new Array(3), { 0: 0, 2: 2 }) }, 'parameters.items[1] is a hole in an array'],
  ['a BigInt', { count: 1n }, 'parameters.count is a bigint'],
  ['a function', { then_what: () => 1 }, 'parameters.then_what is a function'],
  ['a symbol', [Symbol('x')], 'parameters[0] is a symbol'],
  ['a symbol as a name', { at: { [Symbol('x')]: 1 } }, 'parameters.at has a symbol as the name of a member'],
  ['NaN', { most: Number.NaN }, 'parameters.most is NaN'],
  ['Infinity', { most: Number.NEGATIVE_INFINITY }, 'parameters.most is -Infinity'],
  ['an inexact integer', { id: 2 ** 53 }, 'parameters.id is an integer too large to be exact'],
  ['a Map', { by: new Map() }, 'parameters.by is an object of the class Map'],
  ['a Set', { of: new Set() }, 'parameters.of is an object of the class Set'],
  ['bytes', { file: new Uint8Array(2) }, 'parameters.file is an object of the class Uint8Array'],
  ['a buffer', { file: new ArrayBuffer(2) }, 'send its bytes as base64'],
  ['an object of a class', { rows: [new Row()] }, 'parameters.rows[0] is an object of a class'],
  ['a promise', { later: Promise.resolve() }, 'parameters.later is an object of the class Promise'],
  ['an error', { error: new TypeError('secret') }, 'parameters.error is an object of the class Error'],
  ['a lone surrogate', { text: '\ud800 secret' }, 'parameters.text holds a lone surrogate'],
  ['a lone surrogate in a name', { '\ud800': 1 }, 'has a name with a lone surrogate'],
  ['a cycle', circular, 'parameters.items[0].of is an object that holds itself'],
  ['depth', JSON.parse(`${'['.repeat(16)}${']'.repeat(16)}`), 'lies deeper than 15 levels'],
  ['names that are no identifiers', { 'a b': { 'it’s "x"': 1n } }, 'parameters["a b"]["it’s \\"x\\""] is a bigint'],
  [
    'a getter that throws',
    Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('secret');
      },
    }),
    'parameters.bad threw an error',
  ],
])('%s is refused with the path of the member', (_, value, words) => {
  const refused = expect.objectContaining({ code: 'invalid_input', detail: expect.stringContaining(words) });
  expect(() => requirePlainJson(value, 'parameters', 'Nothing was sent.')).toThrow(refused);
  expect(() => requirePlainJson(value, 'parameters')).not.toThrow(/secret/);
});

test('the same object twice is no cycle, minus zero is zero, and undefined members can be left out', () => {
  const one = { a: 1 };
  expect(requirePlainJson([one, one], 'result')).toEqual([one, one]);
  expect(requirePlainJson({ a: 1, b: undefined }, 'result', '', 'left out')).toEqual({ a: 1 });
  expect(JSON.stringify(requirePlainJson(-0, 'result'))).toBe('0');
});

test('members stand in the order in which the other side gets them', () => {
  const given = { text: 'x', Zebra: [{ b: 1, a: 2 }], é: 1, '\u{1F600}': 2, '\uFB33': 3, 10: 4, 9: 5 };
  const copy = requirePlainJson(given, 'parameters');
  expect(JSON.stringify(copy)).toBe(JSON.stringify(JSON.parse(canonicalText(copy))));
});
