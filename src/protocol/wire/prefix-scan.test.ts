import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseObject } from './parse.ts';
import { PrefixScan } from './prefix-scan.ts';
import type { JsonShape } from './scan.ts';
import { shapes } from './shapes.ts';

const encoder = new TextEncoder();
const mebi = 1024 * 1024;

/** Bytes that are read of a body before it is refused, in pieces of `size`; undefined when it is not. */
function readOf(body: Uint8Array, shape: JsonShape = shapes.envelope, size = 1): number | undefined {
  const scan = new PrefixScan(shape);
  for (let at = 0; at < body.length; at += size) {
    try {
      scan.add(body.subarray(at, at + size));
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'malformed_message' });
      return at + size;
    }
  }
  return undefined;
}

describe('a body that its beginning rules out is refused by it', () => {
  test.each([
    ['brackets', '[[[[[', 3],
    ['braces', '{"a":{"a":{"a":', 11],
    ['brackets within', '{"a":[[[[', 7],
    ['a list of numbers', `{"a":[${'1,'.repeat(100)}`, 70],
    ['many members', `{${'"a":1,'.repeat(100)}`, 110],
    ['commas', `{"a":1${','.repeat(1000)}`, 300],
    ['what is no JSON', `{${'x'.repeat(1000)}`, 300],
    ['something behind it', '{}{', 3],
  ])('%s', (_, text, most) => {
    const read = readOf(encoder.encode(text));
    expect(read).toBeDefined();
    expect(read).toBeLessThanOrEqual(most);
  });

  test('23 MiB of brackets by their first piece', () => {
    expect(readOf(new Uint8Array(23 * mebi).fill(0x5b), shapes.envelope, 65_536)).toBe(65_536);
  });
});

test('what does not begin as JSON is not looked at', () => {
  for (const text of ['', '\u0000\u0010{', 'xxx[[[[[[', '  "a', '7[[[[', '\ufeff[[[[']) {
    expect(readOf(encoder.encode(text))).toBeUndefined();
  }
});

describe('the session of an envelope', () => {
  const id = '0123456789abcdef'.repeat(2);
  const found = (text: string, size = 3) => {
    const scan = new PrefixScan(shapes.envelope);
    const body = encoder.encode(text);
    for (let at = 0; at < body.length; at += size) scan.add(body.subarray(at, at + size));
    return scan.sessionId;
  };

  test('is known as soon as it has come, wherever it stands and however it is cut', () => {
    for (const size of [1, 3, 7, 1_000]) {
      expect(found(`{ "session_id" : "${id}", "encrypted_payload"`, size)).toBe(id);
      expect(
        found(`{"encrypted_payload":{"iv":"A","ciphertext":"${'A'.repeat(99)}"},"session_id":"${id}"}`, size),
      ).toBe(id);
      expect(found(`{"signature":"\\"session_id","epoch":1.5,"session_id":"${id}"`, size)).toBe(id);
    }
  });

  test.each([
    `{"session_id":"${id}`,
    `{"session_id":"${id}0"}`,
    `{"encrypted_payload":{"session_id":"${id}"}}`,
    `{"sender_id":"${id}"}`,
    `{"session_id":7,"sender_id":"${id}"}`,
    `{"${id}":"session_id"}`,
    `["session_id","${id}"]`,
  ])('is not found in %s', (text) => {
    expect(found(text)).toBeUndefined();
  });
});

test('a whole envelope of 20 MiB passes, in pieces of any size', () => {
  const text = JSON.stringify({
    session_id: '0'.repeat(32),
    sender_id: 'an_agent',
    epoch: 0,
    sequence: 12,
    timestamp: 1_800_000_000,
    encrypted_payload: { iv: 'AAAA', ciphertext: 'A'.repeat(20 * mebi), tag: 'AAAA' },
    signature: 'AA==',
  });
  for (const size of [1_000, 65_536, 30 * mebi]) {
    expect(readOf(encoder.encode(`\n ${text} \n`), shapes.envelope, size)).toBeUndefined();
  }
});

test('nothing is refused that the whole body is taken for, wherever it is cut', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '"', '\\', '{', '[', '}', 'é', '😀', '\n', ':', ','),
    maxLength: 8,
  });
  const json = fc.dictionary(
    text,
    fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' }).filter((value) => !Object.is(value, -0)),
    { maxKeys: 6 },
  );
  fc.assert(
    fc.property(json, fc.integer({ min: 1, max: 7 }), fc.constantFrom(0, 1, 2), (value, size, space) => {
      const body = encoder.encode(JSON.stringify(value, null, space));
      for (const shape of Object.values<JsonShape>(shapes)) {
        let isTaken = true;
        try {
          parseObject(body, mebi, shape);
        } catch {
          isTaken = false;
        }
        if (isTaken) expect(readOf(body, shape, size)).toBeUndefined();
      }
    }),
    { numRuns: 500 },
  );
});

test('what is refused by its beginning is refused whole, too', () => {
  const piece = fc.constantFrom('{', '}', '[', ']', '"a"', ':', ',', '1', '-1.5e3', 'true', 'null', ' ', 'x', '"\\""');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const body = encoder.encode(pieces.join(''));
      for (const shape of Object.values<JsonShape>(shapes)) {
        if (readOf(body, shape) === undefined) continue;
        expect(() => parseObject(body, mebi, shape)).toThrow();
      }
    }),
    { numRuns: 2_000 },
  );
});
