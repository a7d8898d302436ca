import fc from 'fast-check';
import { expect, inject, it } from 'vitest';
import { cipherSuite } from '../crypto/suites.ts';
import { type LeafIndex, nodeOfLeaf, toNodeIndex } from '../indices.ts';
import { nodesOf, treeFromNodes } from './node-list.ts';
import { isCurrent } from './private-tree.ts';
import { nodeHash, parentAt, placeAt, type RatchetTree, treeHash } from './ratchet-tree.ts';
import { commit, groupOfOne, type TreeGroup, treeBytes } from './testing/tree-group.ts';
import { covers } from './tree-math.ts';
import { validateTree } from './tree-validation.ts';

const suite = await cipherSuite(1);

/** One commit: places are taken modulo the number of members. */
const step = fc.record({
  committer: fc.nat(),
  adds: fc.integer({ min: 0, max: 3 }),
  removes: fc.array(fc.nat(), { maxLength: 2 }),
  updates: fc.array(fc.nat(), { maxLength: 1 }),
  path: fc.boolean(),
});
const most = 12;

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function applied(group: TreeGroup, { committer, adds, removes, updates, path }: Step): Promise<TreeGroup> {
  const members = [...group.members.keys()].sort((a, b) => a - b);
  const pick = (place: number): readonly LeafIndex[] => members.slice(place % members.length).slice(0, 1);
  const [sender = members[0]] = pick(committer);
  if (sender === undefined) throw new Error('A group without members.');
  const others = (places: readonly number[]) => [...new Set(places.flatMap(pick))].filter((leaf) => leaf !== sender);
  const leaving = others(removes);
  const staying = others(updates).filter((leaf) => !leaving.includes(leaf));
  const room = most - members.length + leaving.length;
  const change = { updates: staying, removes: leaving, adds: Math.min(adds, room) };
  return commit(group, sender, { ...change, path: path || leaving.length + staying.length > 0 });
}

/** Throws unless each private key is held by exactly those whom the tree says to hold it (RFC 9420, section 4.2). */
function expectTreeInvariant({ tree, members }: TreeGroup): void {
  for (let index = 1; index < 2 * tree.leafCount - 1; index += 2) {
    const node = toNodeIndex(index);
    const parent = parentAt(tree, node);
    for (const [leaf, { privateTree }] of members) {
      const secret = privateTree.nodes.get(node);
      const entitled = parent !== undefined && covers(node, leaf) && !parent.unmergedLeaves.includes(leaf);
      expect(secret !== undefined).toBe(entitled);
      if (secret !== undefined) expect(isCurrent(tree, node, secret)).toBe(true);
      expect(privateTree.nodes.has(nodeOfLeaf(leaf))).toBe(true);
    }
  }
}

function expectSameHashes(tree: RatchetTree, read: RatchetTree): void {
  for (let index = 0; index < 2 * tree.leafCount - 1; index++) {
    const node = toNodeIndex(index);
    expect(nodeHash(suite, read, node)).toEqual(nodeHash(suite, tree, node));
    expect(placeAt(read, node)?.resolution).toEqual(placeAt(tree, node)?.resolution);
  }
}

it('keeps every tree of honest histories valid, its keys with whom they belong, and old trees as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      let group = await groupOfOne(suite);
      const history: { readonly tree: RatchetTree; readonly bytes: string; readonly hash: string }[] = [];
      for (const next of steps) {
        group = await applied(group, next);
        const { tree } = group;
        history.push({ tree, bytes: treeBytes(tree), hash: Buffer.from(treeHash(suite, tree)).toString('hex') });
        const read = treeFromNodes(nodesOf(tree));
        expectSameHashes(tree, read);
        await validateTree(suite, read, group.groupId, group.rules);
        expectTreeInvariant(group);
      }
      for (const { tree, bytes, hash } of history) {
        expect(treeBytes(tree)).toBe(bytes);
        expect(Buffer.from(treeHash(suite, treeFromNodes(nodesOf(tree)))).toString('hex')).toBe(hash);
      }
    }),
    { numRuns: inject('exhaustive') ? 1_000 : 40, endOnFailure: true },
  );
});
