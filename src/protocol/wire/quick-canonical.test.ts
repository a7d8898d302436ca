import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonValue } from './json.ts';
import { quickCanonicalText } from './quick-canonical.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', '\u007f', 'a', 'é', '\u2028', '😀') }),
  // Long ones are looked at in another way.
  fc
    .tuple(fc.string({ unit: 'binary', maxLength: 3 }), fc.integer({ min: 250, max: 1_100 }))
    .map(([some, length]) => `${some}${'b'.repeat(length)}${some}`),
);

it('writes what the library writes, for whatever JSON says', () => {
  const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('json'), { maxLength: 5 }),
      fc.dictionary(text, tie('json'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(json, (value) => {
      expect(quickCanonicalText(value)).toBe(canonicalize(value));
    }),
  );
});

it('leaves what is not plain JSON to the library', () => {
  const deep = JSON.parse(`${'['.repeat(17)}${']'.repeat(17)}`);
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const odd: unknown[] = [
    undefined,
    Number.NaN,
    1 / 0,
    '\ud800',
    1n,
    Symbol('a'),
    () => 1,
    new Date(0),
    new Map(),
    deep,
  ];
  odd.push(circular, new (class Point {})(), new String('a'), { toJSON: () => 1 });
  const all = [...odd, ...odd.map((one) => [1, one]), ...odd.map((one) => ({ a: 1, one })), { '\ud800': 1 }];
  for (const one of all) expect(Reflect.apply(quickCanonicalText, undefined, [one])).toBeUndefined();
});
