import { type Bytes, equalBytes } from '../bytes.ts';

interface Entry {
  readonly key: Bytes;
  readonly count: number;
}

/** Entries of one hash, or a fan of sixteen by the next four bits of the hash. */
type Trie = { readonly hash: number; readonly entries: readonly Entry[] } | readonly (Trie | undefined)[];

/** An immutable multiset of public keys. A change copies O(log n) small arrays and shares the rest. */
export interface KeyIndex {
  readonly trie: Trie | undefined;
}

/** No keys. */
export const noKeys: KeyIndex = { trie: undefined };

const bitsOfFan = 4;
const fan = 1 << bitsOfFan;

/** Returns FNV-1a of the last bytes, which differ between keys of every KEM and signature scheme. */
function hashOf(key: Bytes): number {
  let hash = 0x811c9dc5;
  for (let i = Math.max(0, key.length - 16); i < key.length; i++) hash = Math.imul(hash ^ (key[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

function slotOf(hash: number, depth: number): number {
  return (hash >>> (depth * bitsOfFan)) % fan;
}

function isFan(trie: Trie): trie is readonly (Trie | undefined)[] {
  return Array.isArray(trie);
}

function changed(entries: readonly Entry[], key: Bytes, by: number): readonly Entry[] {
  const before = entries.find((entry) => equalBytes(entry.key, key));
  const others = entries.filter((entry) => entry !== before);
  const count = (before?.count ?? 0) + by;
  return count > 0 ? [...others, { key, count }] : others;
}

function change(trie: Trie | undefined, depth: number, hash: number, key: Bytes, by: number): Trie | undefined {
  if (trie !== undefined && (isFan(trie) || trie.hash !== hash)) {
    const children: (Trie | undefined)[] = isFan(trie) ? [...trie] : new Array(fan).fill(undefined);
    if (!isFan(trie)) children[slotOf(trie.hash, depth)] = trie;
    const slot = slotOf(hash, depth);
    children[slot] = change(children[slot], depth + 1, hash, key, by);
    return children;
  }
  const entries = changed(trie?.entries ?? [], key, by);
  return entries.length > 0 ? { hash, entries } : undefined;
}

/** Returns the index with one occurrence more of `key`. */
export function withKey(index: KeyIndex, key: Bytes): KeyIndex {
  return { trie: change(index.trie, 0, hashOf(key), key, 1) };
}

/** Returns the index with one occurrence less of `key`. */
export function withoutKey(index: KeyIndex, key: Bytes): KeyIndex {
  return { trie: change(index.trie, 0, hashOf(key), key, -1) };
}

/** Returns how often `key` occurs. */
export function countOf(index: KeyIndex, key: Bytes): number {
  const hash = hashOf(key);
  let trie = index.trie;
  for (let depth = 0; trie !== undefined && isFan(trie); depth++) trie = trie[slotOf(hash, depth)];
  return trie?.entries.find((entry) => equalBytes(entry.key, key))?.count ?? 0;
}
