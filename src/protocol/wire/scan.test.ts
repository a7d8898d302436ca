import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParleyError } from '../errors.ts';
import { readHandshake } from '../handshake/received.ts';
import { limits } from '../limits.ts';
import { readEnvelope } from '../session/envelope.ts';
import { parseJson } from './json.ts';
import { readProblem } from './parse.ts';
import { type JsonShape, scanJson } from './scan.ts';
import { shapes } from './shapes.ts';

const encoder = new TextEncoder();
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof ParleyError ? error.code : error;
  }
  return 'accepted';
};
const nested = (levels: number, inner = '0') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;
const flat = (names: number) => `{${Array.from({ length: names }, (_, i) => `"m${i}":0`).join(',')}}`;

/** Counts how often `JSON.parse` is asked to build a value while `work` runs. */
function valuesBuilt(work: () => unknown): number {
  const { parse } = JSON;
  let calls = 0;
  JSON.parse = (...given: Parameters<typeof parse>): unknown => {
    calls += 1;
    return parse(...given);
  };
  try {
    codeOf(work);
  } finally {
    JSON.parse = parse;
  }
  return calls;
}

describe('a body is scanned before a value is built', () => {
  const large = (text: string) => encoder.encode(text.repeat(Math.floor(limits.messageBody / text.length)));
  const bodies = [
    ['brackets', large('[')],
    ['objects', large('{"a":')],
    ['an array of arrays', large('[],')],
    ['members', encoder.encode(flat(200_000))],
    ['braces that close nothing', large('}[')],
    ['quotes', large('"')],
    ['escaped quotes', encoder.encode(`"${'\\"'.repeat(1_000_000)}`)],
  ] as const;

  test.each(bodies)('24 MiB of %s are refused as an envelope and nothing is built', (_, bytes) => {
    expect(codeOf(() => readEnvelope({ form: 'json', bytes }))).toBe('malformed_message');
    const built = valuesBuilt(() => readEnvelope({ form: 'json', bytes }));
    expect(built).toBeLessThan(2);
  });

  test.each([
    ['numbers', `{"a":[${'0,'.repeat(12_000_000)}0]}`],
    ['texts', `{"a":["",${'"",'.repeat(8_000_000)}""]}`],
    ['words', `{"a":[${'null,'.repeat(4_000_000)}null]}`],
  ])('nor is a list of %s, which no envelope holds', (_, text) => {
    const bytes = encoder.encode(text);
    expect(codeOf(() => readEnvelope({ form: 'json', bytes }))).toBe('malformed_message');
    expect(valuesBuilt(() => readEnvelope({ form: 'json', bytes }))).toBe(0);
  });

  test('24 MiB of brackets take no more of the heap than their text', () => {
    const bytes = large('[');
    expect(codeOf(() => parseJson(bytes, bytes.length))).toBe('malformed_message');
    expect(valuesBuilt(() => parseJson(bytes, bytes.length))).toBe(0);
    expect(valuesBuilt(() => readProblem(bytes, bytes.length))).toBe(0);
  });
});

test.each([
  ['999999999999999', true],
  ['-99999999999999', true],
  ['9007199254740991', true],
  ['-9007199254740991', true],
  ['9007199254740992', false],
  ['-9007199254740993', false],
  ['999999999999999e3', false],
  ['99999999999999.5e400', false],
  ['1e400', false],
  ['1e0', true],
  ['1.0', true],
  ['-0', true],
  ['1e21', true],
])('the number %s is accepted: %s', (text, isAccepted) => {
  expect(codeOf(() => parseJson(encoder.encode(text), 100)) === 'accepted').toBe(isAccepted);
});

describe('shapes', () => {
  const accepts = (text: string, shape: JsonShape) => codeOf(() => scanJson(text, shape)) === 'accepted';

  test('an envelope has two levels and sixteen members', () => {
    expect(accepts('{"a":{"b":1}}', shapes.envelope)).toBe(true);
    expect(accepts('{"a":{"b":{}}}', shapes.envelope)).toBe(false);
    expect(accepts(flat(16), shapes.envelope)).toBe(true);
    expect(accepts(flat(17), shapes.envelope)).toBe(false);
    expect(accepts(`{"a":[${'0,'.repeat(30)}0]}`, shapes.envelope)).toBe(false);
  });

  test('a hello has six levels and 256 names and values, but for its extensions', () => {
    expect(accepts(`{"a":${nested(5)}}`, shapes.handshake)).toBe(true);
    expect(accepts(`{"a":${nested(6)}}`, shapes.handshake)).toBe(false);
    expect(accepts(`{"extensions":${nested(15)}}`, shapes.handshake)).toBe(true);
    expect(accepts(`{"extensions":${nested(16)}}`, shapes.handshake)).toBe(false);
    expect(accepts(`{"\\u0065xtensions":${nested(15)}}`, shapes.handshake)).toBe(true);
    expect(accepts(`{"a":{"extensions":${nested(6)}}}`, shapes.handshake)).toBe(false);
    expect(accepts(`{"extensions":${nested(15)},"a":${nested(6)}}`, shapes.handshake)).toBe(false);
    expect(accepts(flat(127), shapes.handshake)).toBe(true);
    expect(accepts(flat(128), shapes.handshake)).toBe(false);
    expect(accepts(`{"extensions":${flat(1_000)},"a":[${'0,'.repeat(200)}0]}`, shapes.handshake)).toBe(true);
    expect(codeOf(() => readHandshake(encoder.encode(`{"a":${nested(6)}}`)))).toBe('malformed_message');
  });
});

test('the scan refuses nothing that JSON.parse reads within the limits, and stops at nothing that is no JSON', () => {
  const text = fc.oneof(
    fc.json({ maxDepth: 5 }),
    fc.stringMatching(/^[[\]{}",:\\0-9eE+\-.tfnu ]*$/),
    fc.json({ maxDepth: 3 }).chain((json) => fc.nat(json.length).map((at) => json.slice(0, at))),
  );
  fc.assert(
    fc.property(text, (given) => {
      let parsed: unknown;
      try {
        parsed = JSON.parse(given);
      } catch {
        expect(codeOf(() => parseJson(encoder.encode(given), 1_000_000))).toBe('malformed_message');
        return;
      }
      const outcome = codeOf(() => parseJson(encoder.encode(given), 1_000_000));
      if (outcome === 'accepted') expect(parseJson(encoder.encode(given), 1_000_000)).toEqual(parsed);
      else expect(outcome).toBe('malformed_message');
    }),
    { numRuns: 2_000 },
  );
});

test('an integer may be spelled as a float', () => {
  expect(parseJson(encoder.encode('[1.0,1e0,10e-1,-0,1.5]'), 100)).toEqual([1, 1, 1, -0, 1.5]);
});
