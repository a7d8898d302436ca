import { expect, it } from 'vitest';
import type { MlsErrorCode } from '../errors.ts';
import { toLeafIndex, toNodeIndex } from '../indices.ts';
import type { LeafNode } from '../structures/leaf-node.ts';
import { nodesOf, treeFromNodes } from './node-list.ts';
import {
  addLeaf,
  encryptionKeyAt,
  filteredDirectPath,
  leafAt,
  membersOf,
  openLeaf,
  parentAt,
  type RatchetTree,
  removeLeaf,
  resolution,
  treeOf,
  updateLeaf,
} from './ratchet-tree.ts';
import { madeUpKey, madeUpLeaf, madeUpParent } from './testing/made-up-leaves.ts';

function treeWith(...names: readonly string[]): RatchetTree {
  const [first = 'A', ...others] = names;
  return others.reduce((tree, name) => addLeaf(tree, madeUpLeaf(name)).tree, treeOf(madeUpLeaf(first)));
}

/** A tree with the parents X and Y, B unmerged at X, and two blank leaves. */
function figured(): RatchetTree {
  const leaf = (name: string) => ({ type: 'leaf' as const, leaf: madeUpLeaf(name) });
  const parent = (name: string, ...unmerged: readonly number[]) => ({
    type: 'parent' as const,
    parent: madeUpParent(name, unmerged.map(toLeafIndex)),
  });
  return treeFromNodes([
    leaf('A'),
    parent('X', 1),
    leaf('B'),
    undefined,
    undefined,
    undefined,
    leaf('D'),
    undefined,
    leaf('E'),
    undefined,
    leaf('F'),
    parent('Y'),
    undefined,
    undefined,
    leaf('H'),
  ]);
}

it('resolves nodes by their members, blank nodes and unmerged leaves', () => {
  const tree = figured();
  expect(resolution(tree, toNodeIndex(1))).toEqual([1, 2]);
  expect(resolution(tree, toNodeIndex(3))).toEqual([1, 2, 6]);
  expect(resolution(tree, toNodeIndex(4))).toEqual([]);
  expect(resolution(tree, toNodeIndex(7))).toEqual([1, 2, 6, 11]);
  expect(resolution(tree, toNodeIndex(15))).toEqual([]);
});

it('leaves out of the direct path what has nobody on the other side', () => {
  const tree = figured();
  expect(filteredDirectPath(tree, toLeafIndex(3))).toEqual([
    { node: 3, copathChild: 1 },
    { node: 7, copathChild: 11 },
  ]);
});

it('gives what is at a place, and nothing for blank places and places outside', () => {
  const tree = figured();
  expect(leafAt(tree, toLeafIndex(3))).toEqual(madeUpLeaf('D'));
  expect(leafAt(tree, toLeafIndex(2))).toBeUndefined();
  expect(leafAt(tree, toLeafIndex(8))).toBeUndefined();
  expect(parentAt(tree, toNodeIndex(11))).toEqual(madeUpParent('Y'));
  expect(parentAt(tree, toNodeIndex(3))).toBeUndefined();
  expect(parentAt(tree, toNodeIndex(0))).toBeUndefined();
  expect(encryptionKeyAt(tree, toNodeIndex(11))).toEqual(madeUpParent('Y').encryptionKey);
  expect(encryptionKeyAt(tree, toNodeIndex(6))).toEqual(madeUpLeaf('D').encryptionKey);
  expect(membersOf(tree).map(({ leafIndex }) => leafIndex)).toEqual([0, 1, 3, 4, 5, 7]);
});

it('adds at the leftmost blank leaf, unmerged at every parent above, and doubles a full tree', () => {
  const first = addLeaf(figured(), madeUpLeaf('new'));
  expect(first.leafIndex).toBe(2);
  const second = addLeaf(first.tree, madeUpLeaf('newer'));
  expect(second.leafIndex).toBe(6);
  expect(parentAt(second.tree, toNodeIndex(11))?.unmergedLeaves).toEqual([6]);
  expect(parentAt(second.tree, toNodeIndex(1))?.unmergedLeaves).toEqual([1]);
  const third = addLeaf(second.tree, madeUpLeaf('newest'));
  expect(third.leafIndex).toBe(8);
  expect(third.tree.leafCount).toBe(16);
  expect(openLeaf(third.tree)).toEqual({ tree: third.tree, leafIndex: 9 });
});

it('blanks the nodes above a removed leaf and cuts the right half while nobody is in it', () => {
  const tree = removeLeaf(figured(), toLeafIndex(0));
  expect(parentAt(tree, toNodeIndex(1))).toBeUndefined();
  expect(parentAt(tree, toNodeIndex(11))).toBeDefined();
  const without = [7, 5, 4].reduce((left, leaf) => removeLeaf(left, toLeafIndex(leaf)), tree);
  expect(without.leafCount).toBe(4);
  expect(nodesOf(without)).toHaveLength(7);
  const one = removeLeaf(without, toLeafIndex(3));
  expect(one.leafCount).toBe(2);
  expect(removeLeaf(one, toLeafIndex(1)).leafCount).toBe(1);
});

it('blanks the nodes above an updated leaf', () => {
  const tree = updateLeaf(figured(), toLeafIndex(7), madeUpLeaf('renewed'));
  expect(leafAt(tree, toLeafIndex(7))).toEqual(madeUpLeaf('renewed'));
  expect(parentAt(tree, toNodeIndex(11))).toBeUndefined();
  expect(parentAt(tree, toNodeIndex(1))).toBeDefined();
});

const x509 = { type: 'x509', certificates: [] } as const;
const both = { ...madeUpLeaf('both').capabilities, credentials: [1, 2] };

it.each<[string, MlsErrorCode, Partial<LeafNode>]>([
  ['the signature key of another', 'signature_key_not_unique', { signatureKey: madeUpLeaf('B').signatureKey }],
  ['the encryption key of another', 'encryption_key_not_unique', { encryptionKey: madeUpLeaf('B').encryptionKey }],
  ['the encryption key of a parent', 'encryption_key_not_unique', { encryptionKey: madeUpKey('Y parent') }],
  [
    'a credential that others do not support',
    'credential_type_not_supported',
    { credential: x509, capabilities: both },
  ],
  [
    'no support for the credentials of others',
    'credential_in_use_not_supported',
    { credential: x509, capabilities: { ...both, credentials: [2] } },
  ],
])('refuses a member with %s: %s', (_, code, changes) => {
  const refused = expect.objectContaining({ code });
  expect(() => addLeaf(figured(), madeUpLeaf('new', changes))).toThrow(refused);
  expect(() => updateLeaf(figured(), toLeafIndex(0), madeUpLeaf('new', changes))).toThrow(refused);
});

it('takes keys again that are no longer in the tree', () => {
  const tree = treeWith('A', 'B', 'C');
  expect(addLeaf(removeLeaf(tree, toLeafIndex(1)), madeUpLeaf('B')).leafIndex).toBe(1);
  const renewed = madeUpLeaf('B', { encryptionKey: madeUpKey('renewed') });
  expect(leafAt(updateLeaf(tree, toLeafIndex(1), renewed), toLeafIndex(1))).toEqual(renewed);
});

it('refuses an update without a new encryption key', () => {
  const refused = expect.objectContaining({ code: 'update_key_not_new' });
  const changed = madeUpLeaf('B', { signatureKey: madeUpKey('renewed') });
  expect(() => updateLeaf(treeWith('A', 'B', 'C'), toLeafIndex(1), changed)).toThrow(refused);
});

it('refuses to remove or update a blank leaf and one outside the tree', () => {
  for (const leaf of [toLeafIndex(2), toLeafIndex(8)]) {
    const [removed, updated] = ['removed_leaf_blank', 'updated_leaf_blank'].map((code) =>
      expect.objectContaining({ code }),
    );
    expect(() => removeLeaf(figured(), leaf)).toThrow(removed);
    expect(() => updateLeaf(figured(), leaf, madeUpLeaf('new'))).toThrow(updated);
  }
});
