import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParleyError } from '../errors.ts';
import { wireJson } from '../properties/testing/wire-json.ts';
import { parseJson } from './json.ts';

const encoder = new TextEncoder();
const parse = (text: string, limit = 10_000) => parseJson(encoder.encode(text), limit);
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof ParleyError ? error.code : error;
  }
  return 'accepted';
};

describe('strict JSON', () => {
  test.each([
    ['no JSON', '{'],
    ['a duplicate name', '{"a":1,"a":2}'],
    ['a duplicate name that is written differently', '{"a":1,"\\u0061":2}'],
    ['a duplicate name deep inside', '[{"b":{"a":1,"c":[],"a":2}}]'],
    ['a lone surrogate in a string', '"\\ud800"'],
    ['a lone surrogate among good ones', '["\\ud83d\\ude00", "\\udc00"]'],
    ['a lone surrogate in a name', '{"\\udfff":1}'],
    ['an integer too large to be exact', '9007199254740992'],
    ['a negative integer too large to be exact', '[-9007199254740993]'],
    ['a number that is not finite', '1e400'],
    ['17 levels', `${'['.repeat(17)}${']'.repeat(17)}`],
    ['a byte order mark', '\ufeff{}'],
  ])('refuses %s', (_, text) => {
    expect(codeOf(() => parse(text))).toBe('malformed_message');
  });

  test('refuses what is not UTF-8', () => {
    expect(codeOf(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), 100))).toBe('malformed_message');
    expect(codeOf(() => parseJson(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 100))).toBe('malformed_message');
  });

  test.each([
    ['16 levels', `${'['.repeat(16)}${']'.repeat(16)}`],
    ['the largest exact integer', '9007199254740991'],
    ['a large float as RFC 8785 writes it', '1e+21'],
    ['a pair of surrogates', '"\\ud83d\\ude00"'],
    ['one name in two objects', '[{"a":1},{"a":2}]'],
    ['a string that looks like a name', '{"a":"a","b":"a"}'],
    ['escaped quotes', '{"a\\"":1,"a\\\\":2,"\\\\\\"":3}'],
  ])('accepts %s', (_, text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test('counts bytes before anything else', () => {
    expect(codeOf(() => parse('{'.repeat(11), 10))).toBe('message_too_large');
    expect(codeOf(() => parse('"ééééé"', 11))).toBe('message_too_large');
    expect(parse('"ééééé"', 12)).toBe('ééééé');
  });

  test('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(wireJson({ maxDepth: 8, stringUnit: 'grapheme' }), (written) => {
        const text = JSON.stringify(written);
        expect(parse(text, 1_000_000)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('finds a duplicate name wherever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), fc.nat(), (name, others, place) => {
        const members = [...new Set(others.filter((other) => other !== name)), name].map((one) => JSON.stringify(one));
        members.splice(place % members.length, 0, JSON.stringify(name));
        const text = `{${members.map((member) => `${member}:0`).join(',')}}`;
        expect(codeOf(() => parse(text))).toBe('malformed_message');
      }),
    );
  });
});
