import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes.ts';
import { derToRaw, rawToDer } from './ecdsa-der.ts';

const fromHex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
const field = 32;

describe('an ECDSA signature in DER', () => {
  it('comes back as it was, in the fields of all three curves', () => {
    for (const length of [32, 48, 66]) {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 2 * length, maxLength: 2 * length }), fc.nat(length), (raw, zeros) => {
          const number = raw.slice().fill(0, 0, zeros);
          expect(derToRaw(rawToDer(number), length)).toEqual(number);
        }),
        { numRuns: 50 },
      );
    }
  });

  it('has numbers as short as they can be', () => {
    const raw = new Uint8Array(64);
    raw[31] = 0x80;
    raw[63] = 1;
    expect(toHex(rawToDer(raw))).toBe('3007020200800201' + '01');
  });

  it.each([
    ['a long length where a short one does', '308107020200800201' + '01'],
    ['a length without an end', '3080020200800201010000'],
    ['bytes behind it', '3007020200800201' + '0100'],
    ['bytes behind the numbers', '3009020200800201' + '010000'],
    ['a length that reaches beyond it', '3008020200800201' + '01'],
    ['a number that is cut', '300702020080020201'],
    ['one number', '300402020080'],
    ['a negative number', '3006020180020101'],
    ['a zero in front that is not needed', '300802030000800201' + '01'],
    ['an empty number', '30050200020101'],
    ['another type of number', '3007030200800201' + '01'],
    ['another type of pair', '3107020200800201' + '01'],
    ['a number longer than the field', `3026022101${'00'.repeat(32)}020101`],
    ['nothing', ''],
  ])('is refused with %s', (_, der) => {
    expect(derToRaw(fromHex('300702020080020101'), field)).toBeDefined();
    expect(derToRaw(fromHex(der), field)).toBeUndefined();
  });
});
