import { expect, it } from 'vitest';
import type { MlsErrorCode } from '../errors.ts';
import { toLeafIndex } from '../indices.ts';
import type { Node, NodeList } from '../structures/node.ts';
import { nodesOf, treeFromNodes } from './node-list.ts';
import { madeUpLeaf, madeUpParent } from './testing/made-up-leaves.ts';

const leaf = (name: string): Node => ({ type: 'leaf', leaf: madeUpLeaf(name) });
const parent = (name: string, ...unmerged: readonly number[]): Node => ({
  type: 'parent',
  parent: madeUpParent(name, unmerged.map(toLeafIndex)),
});
const blank = undefined;

/** The tree of RFC 9420, figure 28. */
const six: NodeList = [
  leaf('A'),
  parent('W'),
  leaf('B'),
  parent('X'),
  leaf('C'),
  blank,
  leaf('D'),
  parent('Y'),
  leaf('E'),
  parent('Z'),
  leaf('F'),
];

it('reads a list of nodes and gives it back', () => {
  const tree = treeFromNodes(six);
  expect(tree.leafCount).toBe(8);
  expect(nodesOf(tree)).toEqual(six);
});

it.each<[string, MlsErrorCode, NodeList]>([
  ['an empty list', 'last_node_blank', []],
  ['a blank last node', 'last_node_blank', [...six, blank]],
  ['a right half without a leaf', 'tree_not_truncated', [leaf('A'), parent('W'), leaf('B'), blank, blank, parent('Y')]],
  ['a parent among the leaves', 'node_misplaced', [parent('A'), parent('W'), leaf('B')]],
  ['a leaf among the parents', 'node_misplaced', [leaf('A'), leaf('W'), leaf('B')]],
  ['unmerged leaves in another order', 'unmerged_leaves_unsorted', [leaf('A'), parent('W', 1, 0), leaf('B')]],
  ['an unmerged leaf twice', 'unmerged_leaves_unsorted', [leaf('A'), parent('W', 1, 1), leaf('B')]],
  ['a blank unmerged leaf', 'unmerged_leaf_not_below', [blank, parent('W', 0), leaf('B')]],
  [
    'an unmerged leaf of another subtree',
    'unmerged_leaf_not_below',
    [leaf('A'), parent('W', 2), leaf('B'), blank, leaf('C')],
  ],
  ['an unmerged leaf outside the tree', 'unmerged_leaf_not_below', [leaf('A'), parent('W', 2), leaf('B')]],
  [
    'an unmerged leaf that a parent between does not list',
    'unmerged_leaf_not_between',
    [leaf('A'), parent('W'), leaf('B'), parent('X', 1), leaf('C')],
  ],
])('refuses %s: %s', (_, code, nodes) => {
  expect(() => treeFromNodes(nodes)).toThrow(expect.objectContaining({ code }));
});

it('takes an unmerged leaf that every parent between lists, and more that a lower one lists', () => {
  const nodes = [leaf('A'), parent('W', 0, 1), leaf('B'), parent('X', 1), leaf('C')];
  expect(nodesOf(treeFromNodes(nodes))).toEqual(nodes);
});

it('refuses a tree of more leaves than this implementation takes', () => {
  const nodes = [...new Array<undefined>(131_072).fill(blank), leaf('A')];
  expect(() => treeFromNodes(nodes)).toThrow(expect.objectContaining({ code: 'tree_too_large' }));
});
