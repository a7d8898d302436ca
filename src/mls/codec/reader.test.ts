import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { codeThrownBy } from '../testing/code-of.ts';
import { decode, Reader } from './reader.ts';

const of = (...bytes: readonly number[]): Bytes => Uint8Array.from(bytes);
const lengthOf = (...bytes: readonly number[]): number => decode((reader) => reader.vectorLength(), of(...bytes));
const inTwo = (length: number) => [0x40 | (length >>> 8), length & 0xff];
const inFour = (length: number) => [
  0x80 | (length >>> 24),
  (length >>> 16) & 0xff,
  (length >>> 8) & 0xff,
  length & 0xff,
];

describe('the length of a vector (section 2.1.2)', () => {
  it('is read in one, two or four bytes', () => {
    expect([lengthOf(0), lengthOf(0x3f), lengthOf(0x40, 0x40), lengthOf(0x7f, 0xff)]).toEqual([0, 63, 64, 16_383]);
    expect([lengthOf(0x80, 0, 0x40, 0), lengthOf(0xbf, 0xff, 0xff, 0xff)]).toEqual([16_384, 1_073_741_823]);
    // The examples of the section.
    expect([lengthOf(0x9d, 0x7f, 0x3e, 0x7d), lengthOf(0x7b, 0xbd), lengthOf(0x25)]).toEqual([494_878_333, 15_293, 37]);
  });

  it('is refused in two bytes when one is enough, and in four when two are', () => {
    for (let length = 0; length < 0x4000; length++) {
      if (length < 0x40) expect(codeThrownBy(() => lengthOf(...inTwo(length)))).toBe('length_not_shortest');
      expect(codeThrownBy(() => lengthOf(...inFour(length)))).toBe('length_not_shortest');
    }
  });

  it('is refused when it begins with 0b11, whatever follows', () => {
    for (let first = 0xc0; first <= 0xff; first++) {
      expect(codeThrownBy(() => lengthOf(first, 0, 0, 0, 0, 0, 0, 0))).toBe('invalid_length_prefix');
    }
  });

  it('is refused when it says more than there is, without taking memory for it', () => {
    for (const length of [of(1), of(0x7f, 0xff), of(0xbf, 0xff, 0xff, 0xff), of(0xbf, 0xff, 0xff, 0xff, 1)]) {
      expect(codeThrownBy(() => decode((reader) => reader.opaque(), length))).toBe('truncated');
      expect(codeThrownBy(() => decode((reader) => reader.opaqueView(), length))).toBe('truncated');
      expect(codeThrownBy(() => decode((reader) => reader.vector((inner) => inner.u8()), length))).toBe('truncated');
    }
  });

  it('ends the elements: one that goes past it is refused', () => {
    expect(decode((reader) => reader.vector((inner) => inner.u16()), of(4, 1, 2, 3, 4))).toEqual([0x102, 0x304]);
    expect(codeThrownBy(() => decode((reader) => reader.vector((inner) => inner.u16()), of(3, 1, 2, 3, 4)))).toBe(
      'truncated',
    );
  });
});

describe('integers (RFC 8446, section 3.3)', () => {
  it('are big-endian', () => {
    expect(decode((reader) => [reader.u8(), reader.u16(), reader.u32()], of(1, 2, 3, 0xff, 5, 6, 7))).toEqual([
      1, 0x203, 0xff05_0607,
    ]);
    expect(decode((reader) => reader.u64(), of(0xff, 2, 3, 4, 5, 6, 7, 8))).toBe(0xff02_0304_0506_0708n);
  });

  it('are refused when they are cut', () => {
    for (const [length, read] of [
      [1, (reader: Reader) => reader.u8()],
      [2, (reader: Reader) => reader.u16()],
      [4, (reader: Reader) => reader.u32()],
      [8, (reader: Reader) => reader.u64()],
      [5, (reader: Reader) => reader.fixed(5)],
    ] as const) {
      for (let cut = 0; cut < length; cut++)
        expect(codeThrownBy(() => decode<unknown>(read, new Uint8Array(cut)))).toBe('truncated');
      expect(codeThrownBy(() => decode<unknown>(read, new Uint8Array(length + 1)))).toBe('trailing_bytes');
    }
  });
});

describe('an optional value (section 2.1.1)', () => {
  it('is absent with 0 and present with 1', () => {
    expect(decode((reader) => reader.optional((inner) => inner.u8()), of(0))).toBeUndefined();
    expect(decode((reader) => reader.optional((inner) => inner.u8()), of(1, 7))).toBe(7);
  });

  it('is refused with any other byte', () => {
    for (let presence = 2; presence <= 0xff; presence++) {
      expect(codeThrownBy(() => decode((reader) => reader.optional((inner) => inner.u8()), of(presence, 7)))).toBe(
        'invalid_optional',
      );
    }
  });
});

describe('what was read', () => {
  it('is in a buffer of its own, so that a key does not keep the whole message in memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (value) => {
        const read = decode((reader) => reader.opaque(), of(value.length, ...value));
        expect(read).toEqual(value);
        expect(read.buffer.byteLength).toBe(value.length);
      }),
    );
  });

  it('is no part of a Node Buffer, whose slice is no copy', () => {
    const buffer = Buffer.from([2, 8, 9, 1, 7]);
    const read = decode((reader) => [reader.opaque(), reader.opaqueView()], buffer);
    buffer.fill(0);
    expect(read).toEqual([of(8, 9), of(7)]);
  });

  it('is a view where that was asked for', () => {
    const reader = new Reader(of(2, 8, 9));
    expect(reader.opaqueView().buffer.byteLength).toBe(3);
    expect(reader.remaining).toBe(0);
  });

  it('is a view of a copy, which another owner of the bytes cannot change', () => {
    const bytes = of(2, 8, 9, 1, 7);
    const read = decode((reader) => [reader.opaqueView(), reader.opaqueView()], bytes);
    bytes.fill(0);
    expect(read).toEqual([of(8, 9), of(7)]);
    expect(read[0]?.buffer).toBe(read[1]?.buffer);
  });
});
