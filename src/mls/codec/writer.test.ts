import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MlsError } from '../errors.ts';
import { decode } from './reader.ts';
import { encode, Writer } from './writer.ts';

describe('Writer', () => {
  it('writes integers that are read as themselves', () => {
    fc.assert(
      fc.property(
        fc.nat(0xff),
        fc.nat(0xffff),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
        (a, b, c, d) => {
          const writer = new Writer();
          writer.u8(a);
          writer.u16(b);
          writer.u32(c);
          writer.u64(d);
          const bytes = writer.finish();
          expect(bytes.length).toBe(15);
          expect(decode((reader) => [reader.u8(), reader.u16(), reader.u32(), reader.u64()], bytes)).toEqual([
            a,
            b,
            c,
            d,
          ]);
        },
      ),
    );
  });

  it('refuses numbers that do not fit, in place of writing what is left of them', () => {
    const wide = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY];
    for (const value of [...wide, 0x100]) expect(() => new Writer().u8(value)).toThrow(/^number_out_of_range/);
    for (const value of [...wide, 0x1_0000]) expect(() => new Writer().u16(value)).toThrow(/^number_out_of_range/);
    for (const value of [...wide, 0x1_0000_0000]) expect(() => new Writer().u32(value)).toThrow(/^number_out_of_range/);
    for (const value of [-1n, 2n ** 64n]) expect(() => new Writer().u64(value)).toThrow(/^number_out_of_range/);
  });

  it('writes vectors inside vectors, of every length of their length', () => {
    for (const length of [0, 1, 61, 62, 63, 64, 65, 16_379, 16_380, 16_381, 16_383, 16_384, 70_000]) {
      const value = new Uint8Array(length).fill(7);
      const bytes = encode((writer, one: Uint8Array) => {
        writer.u8(0xaa);
        writer.vector([one, one], (inner, element) =>
          inner.vector([element], (innermost, same) => innermost.opaque(same)),
        );
        writer.u8(0xbb);
      }, value);
      const read = decode((reader) => {
        const before = reader.u8();
        const values = reader.vector((inner) => inner.vector((innermost) => innermost.opaque()));
        return { before, values, after: reader.u8() };
      }, bytes);
      expect(read).toEqual({ before: 0xaa, values: [[value], [value]], after: 0xbb });
    }
  });

  it('leaves no copy of what it wrote: it is empty after finish', () => {
    const writer = new Writer();
    writer.opaque(Uint8Array.of(1, 2, 3));
    expect(writer.finish()).toEqual(Uint8Array.of(3, 1, 2, 3));
    expect(writer.finish()).toEqual(new Uint8Array(0));
  });

  it('shares no buffer with a writer that is at work, nor with one that was asked to go on after finish', () => {
    const finished = new Writer();
    finished.opaque(Uint8Array.of(9, 9));
    const first = finished.finish();
    const [one, other] = [new Writer(), new Writer()];
    one.u8(1);
    // The buffer that `finished` gave back is one of theirs now.
    finished.u32(0xffff_ffff);
    other.u8(2);
    for (const writer of [one, other]) writer.opaque(new Uint8Array(2_000).fill(3));
    const whole = (start: number) => Uint8Array.of(start, 0x47, 0xd0, ...new Uint8Array(2_000).fill(3));
    expect(one.finish()).toEqual(whole(1));
    expect(other.finish()).toEqual(whole(2));
    expect(finished.finish()).toEqual(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    expect(first).toEqual(Uint8Array.of(2, 9, 9));
  });

  it('refuses a vector whose length has no encoding', () => {
    // Pages that nobody touches take no memory.
    const tooLong = new Uint8Array(2 ** 30);
    expect(() => encode((writer, value: Uint8Array) => writer.opaque(value), tooLong)).toThrow(MlsError);
    expect(() => encode((writer, value: Uint8Array) => writer.opaque(value), tooLong)).toThrow(/^vector_too_long/);
  });
});
