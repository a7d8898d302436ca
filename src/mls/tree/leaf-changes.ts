import type { LeafIndex } from '../indices.ts';
import type { LeafNode } from '../structures/leaf-node.ts';
import { LeafPlace, type Place } from './places.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import { leafOfNode, levelOf } from './tree-math.ts';

/** A leaf that is not the same in two trees; undefined where it is blank or outside. */
export interface LeafChange {
  readonly leafIndex: LeafIndex;
  readonly before: LeafNode | undefined;
  readonly after: LeafNode | undefined;
}

/**
 * Returns the leaves in which a tree differs from one that it was made from, in their order: each `after` is one that `before` does not
 * have, for an application to judge before it applies a commit. Looks only where the trees share nothing.
 */
export function leafChanges(before: RatchetTree, after: RatchetTree): readonly LeafChange[] {
  const changes: LeafChange[] = [];
  const visit = (old: Place | undefined, now: Place | undefined): void => {
    const either = higher(old, now);
    if (old === now || either === undefined) return;
    if (either instanceof LeafPlace) {
      const [oldLeaf, newLeaf] = [leafOf(old), leafOf(now)];
      if (oldLeaf !== newLeaf) changes.push({ leafIndex: leafOfNode(either.index), before: oldLeaf, after: newLeaf });
      return;
    }
    // The narrower of two trees is the left end of the wider one.
    visit(half(old, either, 'left'), half(now, either, 'left'));
    visit(half(old, either, 'right'), half(now, either, 'right'));
  };
  visit(before.root, after.root);
  return changes;
}

function higher(a: Place | undefined, b: Place | undefined): Place | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return levelOf(a.index) >= levelOf(b.index) ? a : b;
}

function half(place: Place | undefined, whole: Place, side: 'left' | 'right'): Place | undefined {
  if (place === undefined || place instanceof LeafPlace || place.index !== whole.index) {
    return side === 'left' ? place : undefined;
  }
  return place[side];
}

function leafOf(place: Place | undefined): LeafNode | undefined {
  return place instanceof LeafPlace ? place.leaf : undefined;
}
