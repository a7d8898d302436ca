import { expect, it } from 'vitest';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex, toNodeIndex } from '../indices.ts';
import { decodePrivateTree, encodePrivateTree, prunePrivateTree } from './private-tree.ts';
import { removeLeaf } from './ratchet-tree.ts';
import { commit, groupOfOne } from './testing/tree-group.ts';

const suite = await cipherSuite(1);
const [zero, one] = [toLeafIndex(0), toLeafIndex(1)];

async function committed() {
  const group = await commit(await groupOfOne(suite), zero, { adds: 3, path: true });
  const keys = group.members.get(zero);
  if (keys === undefined) throw new Error('There is no such member.');
  return { tree: group.tree, privateTree: keys.privateTree };
}

it('stores the private keys of a member and derives them anew', async () => {
  const { privateTree } = await committed();
  const read = await decodePrivateTree(suite, encodePrivateTree(privateTree));
  expect(read.leafIndex).toBe(zero);
  const publicKeys = (tree: typeof privateTree) =>
    [...tree.nodes].map(([node, { keyPair }]) => [node, keyPair.publicKey]);
  expect(publicKeys(read)).toEqual(publicKeys(privateTree));
  expect(encodePrivateTree(read)).toEqual(encodePrivateTree(privateTree));
});

it('drops the keys of blanked nodes, hands out their secrets, and changes nothing in the value before', async () => {
  const { tree, privateTree } = await committed();
  const secrets = [1, 3].map((node) => privateTree.nodes.get(toNodeIndex(node))?.ikm);
  const pruned = prunePrivateTree(privateTree, removeLeaf(tree, one));
  expect([...pruned.privateTree.nodes.keys()]).toEqual([0]);
  expect(pruned.consumed).toHaveLength(2);
  expect(pruned.consumed).toEqual(expect.arrayContaining(secrets));
  expect(privateTree.nodes.size).toBe(3);
});

it('does not store a private key without its secret', async () => {
  const { privateTree } = await committed();
  const imported = [...privateTree.nodes].map(([node, { keyPair }]) => [node, { keyPair }] as const);
  const refused = expect.objectContaining({ code: 'secret_not_storable' });
  expect(() => encodePrivateTree({ ...privateTree, nodes: new Map(imported) })).toThrow(refused);
});
