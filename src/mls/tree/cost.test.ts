import { expect, it } from 'vitest';
import { concat } from '../bytes.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { type LeafIndex, nodeOfLeaf, toLeafIndex } from '../indices.ts';
import type { Node } from '../structures/node.ts';
import { applyPath } from './apply-path.ts';
import { createPath, encryptPath } from './create-path.ts';
import { decryptPath } from './decrypt-path.ts';
import type { KeyIndex } from './key-index.ts';
import { noRules } from './leaf-validation.ts';
import { treeFromNodes } from './node-list.ts';
import { ParentPlace, type Place } from './places.ts';
import { deriveNodeSecret, type PrivateTree } from './private-tree.ts';
import { addLeaf, leafAt, type RatchetTree, removeLeaf, treeHash } from './ratchet-tree.ts';
import { countingSuite, type Uses } from './testing/counting-suite.ts';
import { madeUpLeaf } from './testing/made-up-leaves.ts';
import { random } from './testing/tree-group.ts';

const { suite, uses } = countingSuite(await cipherSuite(1));
const { privateKey: signatureKey } = await suite.signature.generateKeyPair();
const groupId = random(8);
const nobody: ReadonlySet<LeafIndex> = new Set();

function places(tree: RatchetTree): ReadonlySet<Place> {
  const found = new Set<Place>();
  const visit = (place: Place): void => {
    found.add(place);
    if (!(place instanceof ParentPlace)) return;
    visit(place.left);
    visit(place.right);
  };
  visit(tree.root);
  return found;
}

function branches(index: KeyIndex): ReadonlySet<object> {
  const found = new Set<object>();
  const visit = (trie: KeyIndex['trie']): void => {
    if (trie === undefined) return;
    found.add(trie);
    if (!('bit' in trie)) return;
    visit(trie.zero);
    visit(trie.one);
  };
  visit(index.trie);
  return found;
}

/** Returns how many of the objects are not among those before. */
function fresh(after: ReadonlySet<object>, before: ReadonlySet<object>): number {
  return [...after].filter((object) => !before.has(object)).length;
}

/** Returns what `work` used, and what it gave. */
async function counted<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly used: Uses }> {
  Object.assign(uses, { hashes: 0, seals: 0, opens: 0, derivations: 0 });
  const result = await work();
  return { result, used: { ...uses } };
}

function newPath(tree: RatchetTree, leafIndex: LeafIndex) {
  const leaf = leafAt(tree, leafIndex) ?? madeUpLeaf('none');
  return createPath(suite, { tree, leafIndex, leaf, groupId, signatureKey, random });
}

/** Returns a tree of so many members, each of whom has committed, and the private keys of the last one. */
async function wellUsed(count: number): Promise<{ readonly tree: RatchetTree; readonly last: PrivateTree }> {
  const leaves = Array.from({ length: 2 * count - 1 }, (_, index): Node | undefined =>
    index % 2 === 0 ? { type: 'leaf', leaf: madeUpLeaf(`member ${index / 2}`) } : undefined,
  );
  let tree = treeFromNodes(leaves);
  const leafKey = await deriveNodeSecret(suite, random(32));
  let last: PrivateTree = { leafIndex: toLeafIndex(0), nodes: new Map([[nodeOfLeaf(toLeafIndex(0)), leafKey]]) };
  for (let i = 0; i < count; i++) {
    const created = await newPath(tree, toLeafIndex(i));
    tree = created.tree;
    last = created.privateTree;
  }
  treeHash(suite, tree);
  return { tree, last };
}

it.each([16, 128, 1024])(
  'commits in a well-used tree of %i leaves with O(log n) hashes, seals and copies',
  async (count) => {
    const depth = Math.log2(count);
    const { tree, last } = await wellUsed(count);
    const sender = toLeafIndex(count / 2 - 3);

    const { result: sent, used: sending } = await counted(async () => {
      const created = await newPath(tree, sender);
      const groupContext = concat(treeHash(suite, created.tree));
      return { created, groupContext, path: await encryptPath(suite, created, { groupContext, excluded: nobody }) };
    });
    // One tree hash for each node from the leaf to the root, and one parent hash for each parent.
    expect(sending).toEqual({ hashes: 2 * depth + 1, seals: depth, opens: 0, derivations: depth + 1 });
    expect(fresh(places(sent.created.tree), places(tree))).toBe(depth + 1);
    const keys = [sent.created.tree, tree].map(({ encryptionKeys }) => branches(encryptionKeys));
    expect(fresh(keys[0] ?? new Set(), keys[1] ?? new Set())).toBeLessThanOrEqual((depth + 1) * (3 * depth + 8));

    const { result: received, used: receiving } = await counted(async () => {
      const common = { sender, path: sent.path, groupId, excluded: nobody, rules: noRules };
      const after = await applyPath(suite, { ...common, tree });
      const groupContext = concat(treeHash(suite, after));
      return {
        after,
        read: await decryptPath(suite, { ...common, tree: after, treeBefore: tree, privateTree: last, groupContext }),
      };
    });
    // The last member and the sender have only the root in common.
    expect(receiving).toEqual({ hashes: 2 * depth + 1, seals: 0, opens: 1, derivations: 1 });
    expect(received.read.commitSecret).toEqual(sent.created.commitSecret);
    expect(fresh(places(received.after), places(tree))).toBe(depth + 1);
  },
);

it.each([16, 128, 1024])(
  'removes and adds in a well-used tree of %i leaves with O(log n) hashes, seals and copies',
  async (count) => {
    const depth = Math.log2(count);
    const { tree } = await wellUsed(count);
    const removed = removeLeaf(tree, toLeafIndex(count - 3));
    expect(fresh(places(removed), places(tree))).toBe(depth + 1);
    const { used: hashing } = await counted(async () => treeHash(suite, removed));
    expect(hashing.hashes).toBe(depth + 1);

    const { used: removing } = await counted(async () => {
      const created = await newPath(removed, toLeafIndex(1));
      const groupContext = concat(treeHash(suite, created.tree));
      return encryptPath(suite, created, { groupContext, excluded: nobody });
    });
    // The half of the removed member has one node for each level instead of one.
    expect(removing.seals).toBe(depth - 1 + (depth - 1));
    expect(removing.hashes).toBe(2 * depth + 1);

    const { tree: added } = addLeaf(removed, madeUpLeaf('new'));
    expect(fresh(places(added), places(removed))).toBe(depth + 1);
    const { used: adding } = await counted(async () => treeHash(suite, added));
    expect(adding.hashes).toBe(depth + 1);
  },
);
