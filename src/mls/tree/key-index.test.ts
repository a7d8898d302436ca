import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Bytes, concat, toHex } from '../bytes.ts';
import { countOf, type KeyIndex, noKeys, withKey, withoutKey } from './key-index.ts';

const key: fc.Arbitrary<Bytes> = fc.uint8Array({ maxLength: 3, max: 3 }).map((bytes) => concat(bytes));
const change = fc.record({ key, isAdded: fc.boolean() });

function depthOf(trie: KeyIndex['trie']): number {
  if (trie === undefined || !('bit' in trie)) return 0;
  return 1 + Math.max(depthOf(trie.zero), depthOf(trie.one));
}

it('counts keys as a map does, whatever their lengths, and leaves the indices before as they were', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const counts = new Map<string, number>();
      let index = noKeys;
      const before: { readonly index: KeyIndex; readonly key: Bytes; readonly count: number }[] = [];
      for (const { key: changed, isAdded } of changes) {
        const name = toHex(changed);
        const count = counts.get(name) ?? 0;
        before.push({ index, key: changed, count });
        counts.set(name, isAdded ? count + 1 : Math.max(0, count - 1));
        index = isAdded ? withKey(index, changed) : withoutKey(index, changed);
        expect(countOf(index, changed)).toBe(counts.get(name));
      }
      for (const each of before) expect(countOf(each.index, each.key)).toBe(each.count);
      if ([...counts.values()].every((count) => count === 0)) expect(index.trie).toBeUndefined();
    }),
  );
});

it('is no deeper for keys that were made to be alike than for others', () => {
  const likely = Array.from({ length: 4096 }, (_, i) => concat(Uint8Array.of(i >>> 8, i), new Uint8Array(30)));
  expect(depthOf(likely.reduce(withKey, noKeys).trie)).toBe(12);
  // Each differs from the last in one bit, the next one: the deepest that a number of keys can make it.
  const chain = Array.from({ length: 256 }, (_, i) => {
    const bytes = new Uint8Array(32);
    bytes[i >>> 3] = 0x80 >>> (i & 7);
    return bytes;
  });
  expect(depthOf(chain.reduce(withKey, noKeys).trie)).toBe(255);
});
