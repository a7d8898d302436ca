import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { type Bytes, concat, equalBytes, noBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import { type StructureCase, structureCases } from './testing/cases.ts';

/** Whole numbers below a bound, the same ones for the same seed. */
type Below = (bound: number) => number;

function below(seed: number): Below {
  let state = seed >>> 0 || 1;
  return (bound) => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state % bound;
  };
}

const randomBytes = (next: Below, length: number): Bytes => Uint8Array.from({ length }, () => next(256));
const cut = (bytes: Bytes, from: number, to: number, between: Bytes): Bytes =>
  concat(bytes.subarray(0, from), between, bytes.subarray(to));

/** Each changes valid bytes in one of the ways in which bytes of others are wrong. */
const mutations: readonly ((bytes: Bytes, next: Below) => Bytes)[] = [
  (bytes, next) => cut(bytes, next(bytes.length + 1), bytes.length, noBytes),
  (bytes, next) => {
    const place = next(bytes.length + 1);
    return cut(bytes, place, place + 1, Uint8Array.of((bytes[place] ?? 0) ^ (1 << next(8))));
  },
  (bytes, next) => {
    const place = next(bytes.length + 1);
    return cut(bytes, place, Math.min(bytes.length, place + 1), Uint8Array.of(next(256)));
  },
  (bytes, next) => {
    const place = next(bytes.length + 1);
    return cut(bytes, place, Math.min(bytes.length, place + 1 + next(9)), noBytes);
  },
  (bytes, next) => {
    const place = next(bytes.length + 1);
    return cut(bytes, place, place, randomBytes(next, 1 + next(9)));
  },
  (bytes, next) => {
    const from = next(bytes.length + 1);
    return cut(bytes, from, from, bytes.subarray(from, from + next(40)));
  },
  // A length of one byte in two or in four.
  (bytes, next) => {
    const place = next(bytes.length + 1);
    const length = bytes[place] ?? 0;
    return cut(
      bytes,
      place,
      place + 1,
      next(2) === 0 ? Uint8Array.of(0x40, length) : Uint8Array.of(0x80, 0, 0, length),
    );
  },
  // A length that says far more than there is.
  (bytes, next) => {
    const place = next(bytes.length + 1);
    return cut(bytes, place, place + 1, Uint8Array.of(0xbf, 0xff, 0xff, next(256)));
  },
  (_bytes, next) => randomBytes(next, next(300)),
];

/** Returns true when the bytes were accepted. Throws when anything but an MlsError left the decoder, or one value has two encodings. */
function tryDecode({ again }: StructureCase, bytes: Bytes): boolean {
  let encoded: Bytes;
  try {
    encoded = again(bytes);
  } catch (error) {
    if (error instanceof MlsError) return false;
    throw error;
  }
  if (!equalBytes(encoded, bytes)) throw new Error('What was accepted is not how its value is encoded.');
  return true;
}

/** 10,800 inputs in all, and 108,000 in the slow job. */
const runs = inject('exhaustive') ? 50 : 5;
const mutationsOfEach = 90;

describe('bytes that are wrong', () => {
  it.each(structureCases)(
    'are refused by an MlsError as $name, or are the one encoding of their value',
    (structure) => {
      let accepted = 0;
      let refused = 0;
      fc.assert(
        fc.property(structure.values, fc.integer({ min: 1, max: 0x7fff_ffff }), ({ encoded }, seed) => {
          const next = below(seed);
          for (let count = 0; count < mutationsOfEach; count++) {
            let bytes = encoded;
            for (let more = next(3); more >= 0; more--)
              bytes = mutations[next(mutations.length)]?.(bytes, next) ?? bytes;
            if (tryDecode(structure, bytes)) accepted++;
            else refused++;
          }
        }),
        { numRuns: runs },
      );
      expect(accepted + refused).toBe(runs * mutationsOfEach);
      expect(refused).toBeGreaterThan(0);
    },
  );
});
