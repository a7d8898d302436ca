import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { madeEnvelope } from '../wire/testing/made-envelope.ts';
import { bitWords, differingBit, flippedBit, placesOf } from './bit.ts';

const nonce = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const body = `{"message_type":"CLIENT_HELLO","shares":{"nonce":"${nonce}"},"timestamp":1790000000}`;
const placeOf = (path: string) => placesOf(body).find((place) => place.path === path) ?? { from: -1, to: -1 };
const words = (offset: number, bit: number) => {
  const found = flippedBit(body, offset, bit);
  return found === undefined ? undefined : bitWords(found);
};

test('a bit of a base64 value is named on the line, and in the bytes that the value stands for', () => {
  const { from } = placeOf('shares.nonce');
  expect(words(from + 1 + 20, 1)).toBe(
    `Bit 1 of byte ${from + 21} of ${body.length}: 41 “A” 0100 0001 → 43 “C” 0100 0011, in the value of shares.nonce, ` +
      'byte 21 of the value. In the bytes that the value stands for: byte 15 of 32, 00 → 08.',
  );
  expect(words(from + 1, 6)).toContain('→ 01 0000 0001, in the value of shares.nonce');
  expect(words(from + 1, 6)).toContain('The value is no longer base64.');
});

test('a bit may lie in a name, in a number, or between two members', () => {
  expect(words(2, 0)).toContain('in the name of message_type, byte 1 of the name.');
  expect(words(placeOf('timestamp').from + 9, 0)).toContain(
    '30 “0” 0011 0000 → 31 “1” 0011 0001, in the value of time',
  );
  expect(words(0, 7)).toContain('7b “{” 0111 1011 → fb 1111 1011. It lies between two members.');
});

test.each([
  [-1, 0],
  [body.length, 0],
  [0.5, 0],
  [0, 8],
  [0, -1],
])('byte %d has no bit %d', (offset, bit) => {
  expect(flippedBit(body, offset, bit)).toBeUndefined();
});

test('a bit of a binary envelope is named by the part that it lies in', () => {
  const envelope = encodeBase64(madeEnvelope(50));
  const place = (path: string) => placesOf(envelope, 'binary').find((each) => each.path === path)?.from ?? -1;
  const said = (offset: number) => {
    const found = flippedBit(envelope, offset, 0, 'binary');
    return found === undefined ? undefined : bitWords(found);
  };
  expect(said(0)).toContain('in the value of header_length, byte 0 of the value.');
  expect(said(place('encrypted_payload.tag') + 3)).toContain('03 0000 0011 → 02 0000 0010, in the value of encrypted_');
  expect(said(place('epoch') - 3)).toContain('in the name of epoch');
  expect(said(2)).toContain('It lies between two members.');
  expect(said(10_000)).toBeUndefined();
});

test('bytes are counted, not characters', () => {
  const text = '{"a":"é","b":1}';
  const found = flippedBit(text, placesOf(text).find(({ path }) => path === 'b')?.from ?? -1, 0);
  expect(found).toMatchObject({ offset: 14, size: 16, before: 0x31, member: { path: 'b', part: 'value', at: 0 } });
});

test('whatever the body is, flipping a bit twice gives the byte again, and it is in at most one member', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), fc.nat(200), fc.integer({ min: 0, max: 7 }), (text, offset, bit) => {
      const found = flippedBit(text, offset, bit);
      const bytes = new TextEncoder().encode(text);
      if (offset >= bytes.length) return found === undefined;
      expect(found?.before).toBe(bytes[offset]);
      expect((found?.after ?? 0) ^ (1 << bit)).toBe(bytes[offset]);
      return true;
    }),
  );
});

test('the bit that differs between two values', () => {
  expect(differingBit(nonce, `${'A'.repeat(42)}E=`)).toBe('bit 0 of byte 31 of 32: 00 → 01');
  expect(differingBit('CLIENT_HELLO', 'CLIENT_HELLN')).toBe('bit 0 of byte 11 of 12: 4f → 4e');
  expect(differingBit('CLIENT_HELLO', 'CLIENT_HELL1')).toBeUndefined();
  expect(differingBit('same', 'same')).toBeUndefined();
  expect(differingBit('a', 'ab')).toBeUndefined();
});
