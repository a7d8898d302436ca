import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairStore } from './fair-store.ts';

test('stays within its capacity, keeps the newest item, and says which went', () => {
  const put = fc.record({
    key: fc.nat(40).map(String),
    owner: fc.constantFrom('a', 'b', 'c'),
    weight: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(put), (puts) => {
      const store = new FairStore<string>({ items: 20, weight: 200 });
      const there = new Map<string, number>();
      for (const { key, owner, weight } of puts) {
        there.set(key, weight);
        for (const gone of store.set(key, owner, weight, owner)) expect(there.delete(gone)).toBe(true);
        expect([...store.entries()].map(([held]) => held).sort()).toEqual([...there.keys()].sort());
        expect(there.size).toBeLessThanOrEqual(20);
        expect([...there.values()].reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(200);
      }
    }),
  );
});

test('an owner whose share is the largest loses its own items, however many it puts in', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 200 }), (count) => {
      const store = new FairStore<number>({ items: 20, weight: 20 });
      for (const key of ['x', 'y', 'z']) store.set(key, 'quiet', 1, 0);
      for (let put = 0; put < count; put++) store.set(`${put}`, 'loud', 1, put);
      for (const key of ['x', 'y', 'z']) expect(store.get(key)).toBe(0);
      expect(store.get(`${count - 1}`)).toBe(count - 1);
    }),
  );
});
