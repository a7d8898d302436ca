import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../protocol/limits.ts';
import { parseJson } from '../protocol/wire/json.ts';
import { checkTextRequest, textRequest } from './text-request.ts';
import { checkTypedJson, readTypedJson } from './typed-json.ts';

const typed = fc
  .jsonValue({ maxDepth: 5, noUnicodeString: false })
  .map((value) =>
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner) ? 0 : inner,
    ),
  );

/** What stands at the place of the fault. */
function markedIn(text: string): string | undefined {
  const read = checkTypedJson(text);
  return 'fault' in read ? text.slice(read.fault.start, read.fault.end) : undefined;
}

describe('JSON that a person typed', () => {
  test('is read as it is', () => {
    fc.assert(
      fc.property(typed, (text) => {
        expect(JSON.stringify(readTypedJson(text))).toBe(text);
      }),
    );
  });

  test.each([
    ['{"a":1,"a":2}', '"a"', /same name twice/],
    ['[{"b":{"a":1,"\\u0061":2}}]', '"\\u0061"', /same name twice/],
    ['{"amount": 9007199254740993}', '9007199254740993', /too large to be exact/],
    ['[123456789012345678901234567890]', '123456789012345678901234567890', /too large to be exact/],
    ['[1e999]', '1e999', /not finite/],
    ['[0.1234567890123456789]', '0.1234567890123456789', /cannot be exact: it would arrive as 0.12345678901234568/],
    ['[1e-400]', '1e-400', /cannot be exact: it would arrive as 0/],
    ['"\\ud800"', '\\ud800', /lone surrogate/],
    ['"\ud800"', '\ud800', /lone surrogate/],
    ['"\\udc00\\ud800"', '\\udc00', /lone surrogate/],
    [`${'['.repeat(16)}${']'.repeat(16)}`, '[', /15 levels/],
    ['{"a": 1', '', /not JSON at line 1, column 8: the text ends too early: a comma or } is missing/],
    ['{"a":', '', /ends too early: a value is missing/],
    ["{'a': 1}", "'", /straight double quotes/],
    ['{“a”: 1}', '“', /straight double quotes/],
    ['{a: 1}', 'a', /put a in double quotes/],
    ['{"a": yes}', 'yes', /put yes in double quotes/],
    ['{"a": 1,}', ',', /remove the comma before }/],
    ['[1, 2,\n]', ',', /remove the comma before ]/],
    ['[1 2]', '2', /in double quotes, or remove it/],
    ['{"a" 1}', '1', /in double quotes, or remove it/],
    ['{"a": "one\ntwo"}', '\n', /line break in a string as \\n/],
    ['{"path": "C:\\temp\\x"}', '\\x', /backslash as \\\\/],
    ['{"a": "open}', '"open}', /double quote is missing/],
    ['{"a": 1}\n}', '}', /line 2, column 1: something follows/],
    ['[01]', '01', /number like 12/],
    ['[.5]', '.', /a value is missing/],
    ['[+1]', '+', /a value is missing/],
    ['[1.]', '1.', /number like 12/],
    ['True', 'True', /write true/],
    ['NaN', 'NaN', /JSON has no NaN/],
    ['', '', /ends too early/],
  ])('is not sent when it is %j, and %j is marked', (text, marked, sentence) => {
    expect(markedIn(text)).toBe(marked);
    let refusal: unknown;
    try {
      readTypedJson(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'invalid_input', detail: expect.stringMatching(sentence) });
  });

  test.each(['[1.0, 1e0, -0, 0.10, 1e21, 1E+22, 12.5e-3, 5e-324, 100000000000000000000e1]', '"\\ud83d\\ude00 😀"'])(
    'is sent when it is exact: %s',
    (text) => {
      expect(checkTypedJson(text)).toEqual({ value: JSON.parse(text) });
    },
  );

  test('is refused with a place wherever a peer would refuse it', () => {
    const broken = fc
      .tuple(
        typed,
        fc.nat(),
        fc.nat({ max: 2 }),
        fc.constantFrom('"', '{', '}', ',', ':', '\\', '1', 'e', '\u0001', ''),
      )
      .map(([text, at, cut, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + cut));
    fc.assert(
      fc.property(broken, (text) => {
        const read = checkTypedJson(text);
        const bytes = new TextEncoder().encode(text);
        if ('value' in read) expect(parseJson(bytes, limits.messageBody)).toEqual(read.value);
        else if (text.isWellFormed() && !/arrive as/.test(read.detail))
          expect(() => parseJson(bytes, limits.messageBody, { depth: 15 })).toThrow();
      }),
      { numRuns: 500 },
    );
  });

  test('is refused when it is more than a message holds', () => {
    const text = JSON.stringify('é'.repeat(9_200_000));
    expect(checkTypedJson(text)).toMatchObject({ detail: expect.stringContaining('more than one message holds') });
  });
});

describe('a text that a person typed', () => {
  test('is the query of send_request, as it is', () => {
    expect(textRequest(' {"a": 1}\n😀')).toEqual({ method: 'send_request', parameters: { query: ' {"a": 1}\n😀' } });
  });

  test('is not sent with half of a character, which is marked', () => {
    expect(checkTextRequest('one \ud83d two')).toMatchObject({ fault: { start: 4, end: 5 } });
    expect(() => textRequest('\ud83d')).toThrow(/lone surrogate/);
  });

  test('is not sent when it is more than a message holds', () => {
    expect(checkTextRequest('é'.repeat(9_200_000))).toMatchObject({ detail: expect.stringContaining('16 MiB') });
  });
});
