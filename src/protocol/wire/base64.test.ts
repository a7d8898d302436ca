import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParleyError } from '../errors.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

describe('strict base64', () => {
  test('has one encoding for every byte string', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(text)).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  test.each([
    'A',
    'AA',
    'AAA',
    'AA=',
    'AAA==',
    'AAAA=',
    'AB==',
    'AAB=',
    '=AAA',
    'AA=A',
    'A-A_',
    'AAA\n',
    ' AAAA',
    'AA AA',
    'AAAA\u00a0',
  ])('refuses %j', (text) => {
    expect(() => decodeBase64(text)).toThrow(ParleyError);
  });

  test('refuses every text that it would not have written', () => {
    const character = fc.constantFrom(...'AZaz09+/=-_ \n');
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 12 }), (text) => {
        let decoded: Uint8Array;
        try {
          decoded = decodeBase64(text);
        } catch {
          return;
        }
        expect(encodeBase64(decoded)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});
