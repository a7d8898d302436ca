import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTypedJson } from './typed-json.ts';

describe('JSON that a person typed', () => {
  test('is read as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value, (_, inner: unknown) =>
          typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner) ? 0 : inner,
        );
        expect(JSON.stringify(readTypedJson(text))).toBe(text);
      }),
    );
  });

  test.each([
    ['{"a":1,"a":2}', /same name twice/],
    ['[{"b":{"a":1,"\\u0061":2}}]', /same name twice/],
    ['{"amount": 9007199254740993}', /too large to be exact/],
    ['[1e999]', /not finite/],
    ['"\\ud800"', /lone surrogate/],
    ['"\ud800"', /lone surrogate/],
    [`${'['.repeat(16)}${']'.repeat(16)}`, /15 levels/],
    ['{"a": 1', /is not JSON: /],
    ["{'a': 1}", /is not JSON: /],
    ['', /is not JSON: /],
    ['NaN', /is not JSON: /],
  ])('is not sent when it is %j', (text, sentence) => {
    let refusal: unknown;
    try {
      readTypedJson(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'invalid_input', detail: expect.stringMatching(sentence) });
  });
});
