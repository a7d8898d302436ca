import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../protocol/bytes.ts';
import { decodeCrlNumber, encodeCrlNumber } from './crl-number.ts';

describe('the number of a CRL', () => {
  test.each([
    [0, '020100'],
    [127, '02017f'],
    [128, '02020080'],
    [256, '02020100'],
    [2 ** 31, '02050080000000'],
    [1_732_000_000_000, '02060193433ea800'],
    [Number.MAX_SAFE_INTEGER, '02071fffffffffffff'],
  ])('%d is %s', (number, der) => {
    expect(toHex(encodeCrlNumber(number))).toBe(der);
    expect(decodeCrlNumber(fromHex(der))).toBe(number);
  });

  test.each([
    ['nothing', ''],
    ['no INTEGER', '040101'],
    ['a BIT STRING that is none', '0306ffffffffffff'],
    ['no digits', '0200'],
    ['a leading zero', '02020001'],
    ['a long length', '02810101'],
    ['a number below zero', '0201ff'],
    ['a number that is too large', '020720000000000000'],
    ['a number of 9 bytes', '020900ffffffffffffffff'],
    ['more after it', '0201010000'],
    ['less than it says', '020301'],
  ])('%s is none', (_, der) => {
    expect(decodeCrlNumber(fromHex(der))).toBeUndefined();
  });

  test('reads back', async () => {
    await fc.assert(
      fc.property(fc.maxSafeNat(), (number) => {
        expect(decodeCrlNumber(encodeCrlNumber(number))).toBe(number);
      }),
    );
  });

  test('has one spelling, and no bytes make reading throw', async () => {
    await fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.boolean(), (content, isInteger) => {
        const der = isInteger ? Uint8Array.of(2, content.length, ...content) : new Uint8Array(content);
        const number = decodeCrlNumber(der);
        if (number !== undefined) expect(encodeCrlNumber(number)).toEqual(der);
      }),
      { numRuns: 1_000 },
    );
  });
});
