import type { Bytes } from '../bytes.ts';

interface Entry {
  readonly key: Bytes;
  readonly count: number;
}

/** Two subtrees of keys that are equal before a bit and differ in it. */
interface Branch {
  readonly bit: number;
  readonly zero: Trie;
  readonly one: Trie;
}

/**
 * Keys by their bits, with a branch only where two of them differ (a crit-bit tree). No hash, so that nobody can make
 * keys that collide:
 * a tree comes from others, and its keys are looked for before anything of it is known to be sound.
 */
type Trie = Entry | Branch;

/**
 * An immutable multiset of public keys. A change copies one branch after the other down to the key, and shares the
 * rest.
 */
export interface KeyIndex {
  readonly trie: Trie | undefined;
}

/** No keys. */
export const noKeys: KeyIndex = { trie: undefined };

/** The length of a key stands before its bytes, in so many bits: no key is the beginning of another. */
const lengthBits = 32;

/** Returns one bit, zero behind the end of the key. */
function bitAt(key: Bytes, bit: number): number {
  if (bit < lengthBits) return (key.length >>> (lengthBits - 1 - bit)) & 1;
  const place = bit - lengthBits;
  return ((key[place >>> 3] ?? 0) >>> (7 - (place & 7))) & 1;
}

/** Returns the first bit in which two keys differ, undefined for equal ones. Keys are public: it may stop at that bit. */
function firstDifference(a: Bytes, b: Bytes): number | undefined {
  if (a === b) return undefined;
  if (a.length !== b.length) return Math.clz32(a.length ^ b.length);
  for (let place = 0; place < a.length; place++) {
    const difference = (a[place] ?? 0) ^ (b[place] ?? 0);
    if (difference !== 0) return lengthBits + 8 * place + Math.clz32(difference) - 24;
  }
  return undefined;
}

/** Returns the one entry that can be this key's. */
function nearest(trie: Trie, key: Bytes): Entry {
  let place = trie;
  while ('bit' in place) place = bitAt(key, place.bit) === 0 ? place.zero : place.one;
  return place;
}

/** Returns the trie with `change` made below the branches on the key's way whose bit is before `bit`. */
function rewritten(trie: Trie, key: Bytes, bit: number, change: (place: Trie) => Trie | undefined): Trie | undefined {
  if (!('bit' in trie) || trie.bit >= bit) return change(trie);
  const { zero, one } = trie;
  if (bitAt(key, trie.bit) === 0) {
    const changed = rewritten(zero, key, bit, change);
    return changed === undefined ? one : { bit: trie.bit, zero: changed, one };
  }
  const changed = rewritten(one, key, bit, change);
  return changed === undefined ? zero : { bit: trie.bit, zero, one: changed };
}

/** Returns the index with one occurrence more of `key`. */
export function withKey({ trie }: KeyIndex, key: Bytes): KeyIndex {
  if (trie === undefined) return { trie: { key, count: 1 } };
  const found = nearest(trie, key);
  const bit = firstDifference(found.key, key);
  if (bit === undefined) {
    return { trie: rewritten(trie, key, Number.POSITIVE_INFINITY, () => ({ key, count: found.count + 1 })) };
  }
  const added = { key, count: 1 };
  const branch = (other: Trie): Trie =>
    bitAt(key, bit) === 0 ? { bit, zero: added, one: other } : { bit, zero: other, one: added };
  return { trie: rewritten(trie, key, bit, branch) };
}

/** Returns the index with one occurrence less of `key`. */
export function withoutKey(index: KeyIndex, key: Bytes): KeyIndex {
  const count = countOf(index, key);
  if (index.trie === undefined || count === 0) return index;
  const rest = count === 1 ? undefined : { key, count: count - 1 };
  return { trie: rewritten(index.trie, key, Number.POSITIVE_INFINITY, () => rest) };
}

/** Returns how often `key` occurs. */
export function countOf({ trie }: KeyIndex, key: Bytes): number {
  if (trie === undefined) return 0;
  const found = nearest(trie, key);
  return firstDifference(found.key, key) === undefined ? found.count : 0;
}
