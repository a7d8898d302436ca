import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toLeafIndex } from '../indices.ts';
import { leafChanges } from './leaf-changes.ts';
import { addLeaf, leafAt, membersOf, type RatchetTree, removeLeaf, treeOf, updateLeaf } from './ratchet-tree.ts';
import { madeUpLeaf } from './testing/made-up-leaves.ts';

type Change = { readonly type: 'add' | 'remove' | 'update'; readonly at: number };
const change: fc.Arbitrary<Change> = fc.record({
  type: fc.constantFrom('add', 'add', 'remove', 'update'),
  at: fc.nat(100),
});

function changed(tree: RatchetTree, { type, at }: Change, name: string): RatchetTree {
  const members = membersOf(tree);
  const chosen = members[at % members.length];
  if (type === 'add' || chosen === undefined) return addLeaf(tree, madeUpLeaf(name)).tree;
  if (type === 'update') return updateLeaf(tree, chosen.leafIndex, madeUpLeaf(name));
  return members.length === 1 ? tree : removeLeaf(tree, chosen.leafIndex);
}

it('names every leaf that differs and no other, also where a tree has become wider or narrower', () => {
  const lists = fc.tuple(fc.array(change, { maxLength: 30 }), fc.array(change, { maxLength: 20 }));
  fc.assert(
    fc.property(lists, ([earlier, later]) => {
      const before = earlier.reduce(
        (tree, each, i) => changed(tree, each, `earlier ${i}`),
        treeOf(madeUpLeaf('first')),
      );
      const after = later.reduce((tree, each, i) => changed(tree, each, `later ${i}`), before);
      const all = Array.from({ length: Math.max(before.leafCount, after.leafCount) }, (_, i) => toLeafIndex(i));
      const expected = all
        .map((leafIndex) => ({ leafIndex, before: leafAt(before, leafIndex), after: leafAt(after, leafIndex) }))
        .filter((leaf) => leaf.before !== leaf.after);
      expect(leafChanges(before, after)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
