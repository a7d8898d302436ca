import { beforeAll, describe, expect, it } from 'vitest';
import { noBytes } from '../bytes.ts';
import { cipherSuite } from '../crypto/suites.ts';
import type { MlsErrorCode } from '../errors.ts';
import { type LeafIndex, nodeOfLeaf, toLeafIndex } from '../indices.ts';
import type { UnsignedLeafNode } from '../structures/leaf-node.ts';
import type { Node, NodeList } from '../structures/node.ts';
import type { ParentNode } from '../structures/parent-node.ts';
import { nodesOf, treeFromNodes } from './node-list.ts';
import { pathParents } from './path-keys.ts';
import { filteredDirectPath, leafAt } from './ratchet-tree.ts';
import { commit, groupOfOne, makeJoiner, random, signLeaf, type TreeGroup } from './testing/tree-group.ts';
import { rootOf } from './tree-math.ts';
import { assertMembersFit, validateTree } from './tree-validation.ts';

const suite = await cipherSuite(1);
const [zero, one, two, five] = [toLeafIndex(0), toLeafIndex(1), toLeafIndex(2), toLeafIndex(5)];

/** Leaves 0 to 4, where 1, 2 and 4 have committed, and 5 was added without a path. */
let group: TreeGroup;

beforeAll(async () => {
  group = await commit(await groupOfOne(suite), zero, { adds: 4, path: true });
  for (const leaf of [2, 4, 1]) group = await commit(group, toLeafIndex(leaf), { path: true });
  group = await commit(group, zero, { adds: 1, path: false });
});

function validate(nodes: NodeList, changes: Partial<TreeGroup> = {}): Promise<void> {
  const { groupId, rules } = { ...group, ...changes };
  return Promise.resolve().then(() => validateTree(suite, treeFromNodes(nodes), groupId, rules));
}

function withParents(change: (parent: ParentNode, node: number) => ParentNode | undefined): NodeList {
  return nodesOf(group.tree).map((node, index): Node | undefined => {
    const parent = node?.type === 'parent' ? change(node.parent, index) : undefined;
    return node?.type === 'parent' ? parent && { type: 'parent', parent } : node;
  });
}

/** Returns the nodes with a leaf that its member, or `signer`, changed and signed. */
async function withLeaf(leafIndex: LeafIndex, changes: Partial<UnsignedLeafNode>, signer = leafIndex) {
  const nodes = nodesOf(group.tree);
  const node = nodes[nodeOfLeaf(leafIndex)];
  const key = group.members.get(signer)?.signature;
  if (node?.type !== 'leaf' || key === undefined) throw new Error('There is no such member.');
  const leaf = await signLeaf(suite, { ...node.leaf, ...changes }, key, { groupId: group.groupId, leafIndex });
  return nodes.with(nodeOfLeaf(leafIndex), { type: 'leaf', leaf });
}

it('takes the tree of an honest group', async () => {
  await validate(nodesOf(group.tree));
  expect(group.tree.root).toMatchObject({ parent: { unmergedLeaves: [5] } });
});

describe('parent hashes', () => {
  const refused = { code: 'parent_hash_invalid' };
  it.each<[string, (parent: ParentNode, node: number) => ParentNode | undefined]>([
    ['another key at the root', (parent, node) => (node === 7 ? { ...parent, encryptionKey: random(32) } : parent)],
    ['another key of a parent', (parent, node) => (node === 3 ? { ...parent, encryptionKey: random(32) } : parent)],
    ['another parent hash', (parent, node) => (node === 3 ? { ...parent, parentHash: random(32) } : parent)],
    ['no parent hash', (parent, node) => (node === 3 ? { ...parent, parentHash: noBytes } : parent)],
    ['a parent hash of the root', (parent, node) => (node === 7 ? { ...parent, parentHash: random(32) } : parent)],
    ['an unmerged leaf that is no more listed', (parent) => ({ ...parent, unmergedLeaves: [] })],
    ['a merged leaf that is listed', (parent, node) => (node === 1 ? { ...parent, unmergedLeaves: [zero] } : parent)],
    ['a parent gone from a chain', (parent, node) => (node === 3 ? undefined : parent)],
  ])('refuses %s', async (_, change) => {
    await expect(validate(withParents(change))).rejects.toMatchObject(refused);
  });

  it('refuses a parent over leaves that have never committed', async () => {
    const [first, second] = [await makeJoiner(suite), await makeJoiner(suite)];
    const { publicKey: encryptionKey } = await suite.hpke.deriveKeyPair(random(32));
    const parent = { encryptionKey, parentHash: noBytes, unmergedLeaves: [] };
    const nodes: NodeList = [
      { type: 'leaf', leaf: first.leaf },
      { type: 'parent', parent },
      { type: 'leaf', leaf: second.leaf },
    ];
    await expect(validate(nodes)).rejects.toMatchObject(refused);
  });

  it('refuses a parent hash that a member signed for another tree', async () => {
    const nodes = await withLeaf(one, { source: { type: 'commit', parentHash: random(32) } });
    await expect(validate(nodes)).rejects.toMatchObject(refused);
  });

  it('refuses a sibling that changed after the parent was set', async () => {
    const nodes = await withLeaf(zero, { extensions: [{ type: 1, data: noBytes }] });
    await expect(validate(nodes)).rejects.toMatchObject(refused);
  });
});

describe('keys and leaves', () => {
  const able = { versions: [1], cipherSuites: [1], extensions: [], proposals: [], credentials: [1] };

  it.each<[string, MlsErrorCode, Partial<UnsignedLeafNode>]>([
    [
      'a credential that others do not support',
      'credential_type_not_supported',
      { credential: { type: 'x509', certificates: [] }, capabilities: { ...able, credentials: [1, 2] } },
    ],
    ['capabilities without the version', 'version_not_in_capabilities', { capabilities: { ...able, versions: [] } }],
  ])('refuses %s: %s', async (_, code, changes) => {
    await expect(validate(await withLeaf(five, changes))).rejects.toMatchObject({ code });
  });

  it('refuses one encryption key or one signature key of two members', async () => {
    const { encryptionKey, signatureKey } = leafAt(group.tree, two) ?? (await makeJoiner(suite)).leaf;
    const sameEncryption = await withLeaf(five, { encryptionKey });
    await expect(validate(sameEncryption)).rejects.toMatchObject({ code: 'encryption_key_not_unique' });
    const sameSignature = await withLeaf(five, { signatureKey }, two);
    await expect(validate(sameSignature)).rejects.toMatchObject({ code: 'signature_key_not_unique' });
  });

  it('refuses a parent with the key of another node, which a member signed for', async () => {
    const other = (await makeJoiner(suite)).leaf;
    const { tree, groupId, members } = await commit(await groupOfOne(suite), zero, { adds: 1, path: false });
    const [left, right] = [leafAt(tree, zero) ?? other, leafAt(tree, one) ?? other];
    const { parents, leafParentHash } = pathParents(suite, tree, filteredDirectPath(tree, zero), [right.encryptionKey]);
    const key = members.get(zero)?.signature;
    const parent = parents.get(rootOf(2));
    if (key === undefined || parent === undefined) throw new Error('There is no such member or parent.');
    const source = { type: 'commit', parentHash: leafParentHash } as const;
    const leaf = await signLeaf(suite, { ...left, source }, key, { groupId, leafIndex: zero });
    const nodes: NodeList = [
      { type: 'leaf', leaf },
      { type: 'parent', parent },
      { type: 'leaf', leaf: right },
    ];
    await expect(validate(nodes, { groupId })).rejects.toMatchObject({ code: 'parent_key_not_unique' });
  });

  it('refuses a signature that was changed, and leaves of another group', async () => {
    const refused = { code: 'leaf_signature_invalid' };
    const nodes = nodesOf(group.tree).map((node, index): Node | undefined => {
      if (node?.type !== 'leaf' || index !== nodeOfLeaf(five)) return node;
      return { type: 'leaf', leaf: { ...node.leaf, signature: node.leaf.signature.map((byte) => byte ^ 1) } };
    });
    await expect(validate(nodes)).rejects.toMatchObject(refused);
    await expect(validate(nodesOf(group.tree), { groupId: random(8) })).rejects.toMatchObject(refused);
  });
});

it('refuses new requirements of a group that some member does not meet', () => {
  const required = { extensionTypes: [0xf002], proposalTypes: [], credentialTypes: [] };
  const refused = expect.objectContaining({ code: 'required_extension_not_supported' });
  expect(() => assertMembersFit(group.tree, { ...group.rules, required })).toThrow(refused);
  assertMembersFit(group.tree, group.rules);
});
