import { type Bytes, concat, equalBytes, noBytes } from '../bytes.ts';
import type { Chance } from './chance.ts';

const cut = (bytes: Bytes, from: number, to: number, between: Bytes): Bytes =>
  concat(bytes.subarray(0, from), between, bytes.subarray(to));

/** Each changes valid bytes in one of the ways in which bytes of others are wrong. */
const mutations: readonly ((bytes: Bytes, chance: Chance) => Bytes)[] = [
  (bytes, chance) => cut(bytes, chance.below(bytes.length + 1), bytes.length, noBytes),
  (bytes, chance) => {
    const place = chance.below(bytes.length);
    return cut(bytes, place, place + 1, Uint8Array.of((bytes[place] ?? 0) ^ (1 << chance.below(8))));
  },
  (bytes, chance) => {
    const place = chance.below(bytes.length);
    return cut(bytes, place, place + 1, chance.bytes(1));
  },
  (bytes, chance) => {
    const place = chance.below(bytes.length);
    return cut(bytes, place, Math.min(bytes.length, place + 1 + chance.below(9)), noBytes);
  },
  (bytes, chance) => {
    const place = chance.below(bytes.length + 1);
    return cut(bytes, place, place, chance.bytes(1 + chance.below(9)));
  },
  (bytes, chance) => {
    const from = chance.below(bytes.length + 1);
    return cut(bytes, from, from, bytes.subarray(from, from + chance.below(40)));
  },
  (_, chance) => chance.bytes(chance.below(300)),
];

/** Returns bytes that are not the given ones, most of them nearly. */
export function mutatedBytes(bytes: Bytes, chance: Chance): Bytes {
  for (;;) {
    let mutated = bytes;
    for (let more = chance.below(2); more >= 0; more--) mutated = chance.pick(mutations)(mutated, chance);
    if (!equalBytes(mutated, bytes)) return mutated;
  }
}
