import { beforeAll, expect, it } from 'vitest';
import { type Bytes, noBytes } from '../bytes.ts';
import { cipherSuite } from '../crypto/suites.ts';
import type { MlsErrorCode } from '../errors.ts';
import { type LeafIndex, nodeOfLeaf, toLeafIndex, toNodeIndex } from '../indices.ts';
import { applyPath } from './apply-path.ts';
import { type CreatedPath, createPath, encryptPath, pathSecretFor } from './create-path.ts';
import { type AppliedPath, decryptPath } from './decrypt-path.ts';
import { type JoinedTree, joinedPrivateTree } from './join-tree.ts';
import { deriveNodeSecret, type PrivateTree } from './private-tree.ts';
import { addLeaf, leafAt, openLeaf, type RatchetTree } from './ratchet-tree.ts';
import { commit, contextFor, groupOfOne, makeJoiner, random, type TreeGroup } from './testing/tree-group.ts';

const suite = await cipherSuite(1);
const [zero, one, two, three] = [toLeafIndex(0), toLeafIndex(1), toLeafIndex(2), toLeafIndex(3)];

type Joiner = Awaited<ReturnType<typeof makeJoiner>>;

/** Members 0 to 2, of whom 1 commits and adds 3. */
let group: TreeGroup;
let joiner: Joiner;
let treeBefore: RatchetTree;
let created: CreatedPath;
let applied: Omit<AppliedPath, 'privateTree'>;
const excluded: ReadonlySet<LeafIndex> = new Set([three]);

beforeAll(async () => {
  group = await commit(await groupOfOne(suite), zero, { adds: 2, path: true });
  joiner = await makeJoiner(suite);
  treeBefore = addLeaf(group.tree, joiner.leaf).tree;
  created = await newPath();
  applied = await appliedWith(created);
});

function newPath(): Promise<CreatedPath> {
  const leaf = leafAt(treeBefore, one) ?? joiner.leaf;
  const signatureKey = group.members.get(one)?.signature.privateKey;
  if (signatureKey === undefined) throw new Error('There is no such member.');
  return createPath(suite, { tree: treeBefore, leafIndex: one, leaf, groupId: group.groupId, signatureKey, random });
}

async function appliedWith(made: CreatedPath): Promise<Omit<AppliedPath, 'privateTree'>> {
  const groupContext = contextFor(group, made.tree);
  const path = await encryptPath(suite, made, { groupContext, excluded });
  const common = { sender: one, path, excluded, groupContext };
  const { groupId, rules } = group;
  return { ...common, treeBefore, tree: await applyPath(suite, { ...common, tree: treeBefore, groupId, rules }) };
}

function privateTreeOf(leafIndex: LeafIndex): PrivateTree {
  const keys = group.members.get(leafIndex);
  if (keys === undefined) throw new Error('There is no such member.');
  return keys.privateTree;
}

it('gives every member the commit secret, and the joiner by its Welcome the keys above it', async () => {
  for (const member of [zero, two]) {
    const read = await decryptPath(suite, { ...applied, privateTree: privateTreeOf(member) });
    expect(read.commitSecret).toEqual(created.commitSecret);
  }
  const joined = await joinedPrivateTree(suite, joinerOf({}));
  expect([...joined.nodes.keys()]).toEqual([nodeOfLeaf(three), toNodeIndex(3)]);
});

it('hands out the secrets of replaced keys and leaves them as they are', async () => {
  const before = privateTreeOf(zero);
  const replaced = [1, 3].flatMap((node) => before.nodes.get(toNodeIndex(node))?.ikm ?? []);
  const copies = replaced.map((ikm) => ikm.slice());
  const { consumed, privateTree } = await decryptPath(suite, { ...applied, privateTree: before });
  expect(consumed).toEqual(replaced);
  expect(replaced).toEqual(copies);
  expect(privateTree.nodes.get(nodeOfLeaf(zero))).toBe(before.nodes.get(nodeOfLeaf(zero)));
});

it('refuses to read a path of its own leaf, without keys, or with keys that are no longer the ones of the tree', async () => {
  const refused = { code: 'path_not_for_member' };
  const read = (privateTree: PrivateTree) => decryptPath(suite, { ...applied, privateTree });
  await expect(read(created.privateTree)).rejects.toMatchObject(refused);
  await expect(read({ leafIndex: two, nodes: new Map() })).rejects.toMatchObject(refused);
  const stale = await deriveNodeSecret(suite, random(32));
  await expect(read({ leafIndex: two, nodes: new Map([[nodeOfLeaf(two), stale]]) })).rejects.toMatchObject(refused);
  const added = { leafIndex: three, nodes: new Map([[nodeOfLeaf(three), joiner.leafKey]]) };
  await expect(read(added)).rejects.toMatchObject(refused);
});

it('refuses a path secret that gives other keys than the path has', async () => {
  const { pathSecrets } = await newPath();
  const lying = await appliedWith({ ...created, pathSecrets });
  const read = decryptPath(suite, { ...lying, privateTree: privateTreeOf(two) });
  await expect(read).rejects.toMatchObject({ code: 'path_key_mismatch' });
});

it('refuses a ciphertext that was changed or made for another context', async () => {
  const refused = { code: 'decryption_failed' };
  const nodes = applied.path.nodes.map((node) => ({
    ...node,
    encryptedPathSecret: node.encryptedPathSecret.map(({ kemOutput, ciphertext }) => ({
      kemOutput,
      ciphertext: ciphertext.map((byte) => byte ^ 1),
    })),
  }));
  const privateTree = privateTreeOf(two);
  const path = { ...applied.path, nodes };
  await expect(decryptPath(suite, { ...applied, privateTree, path })).rejects.toMatchObject(refused);
  const groupContext = random(8);
  await expect(decryptPath(suite, { ...applied, privateTree, groupContext })).rejects.toMatchObject(refused);
});

function joinerOf(changes: Partial<JoinedTree>): JoinedTree {
  const pathSecret: Bytes = pathSecretFor(created, three);
  return { tree: applied.tree, leafIndex: three, leafKey: joiner.leafKey, signer: one, pathSecret, ...changes };
}

it.each<[string, MlsErrorCode, () => Promise<Partial<JoinedTree>> | Partial<JoinedTree>]>([
  ['another leaf key', 'leaf_key_mismatch', async () => ({ leafKey: await deriveNodeSecret(suite, random(32)) })],
  ['a blank leaf', 'leaf_key_mismatch', () => ({ leafIndex: toLeafIndex(5) })],
  ['a signer that is not in the tree', 'signer_leaf_blank', () => ({ signer: toLeafIndex(5) })],
  ['itself as the signer', 'common_ancestor_blank', () => ({ signer: three })],
  ['a signer that did not commit', 'common_ancestor_blank', () => ({ signer: two })],
  ['another path secret', 'path_secret_mismatch', () => ({ pathSecret: random(32) })],
  [
    'the path secret of a lower node',
    'path_secret_mismatch',
    () => ({ pathSecret: created.pathSecrets[0] ?? noBytes }),
  ],
])('refuses to join with %s: %s', async (_, code, changes) => {
  const secret = pathSecretFor(created, three);
  const copy = secret.slice();
  await expect(joinedPrivateTree(suite, joinerOf(await changes()))).rejects.toMatchObject({ code });
  expect(secret).toEqual(copy);
});

it('has no path secret for the sender itself', () => {
  const refused = expect.objectContaining({ code: 'path_not_for_member' });
  expect(() => pathSecretFor(created, one)).toThrow(refused);
});

it('reads the path of an external commit, whose sender takes the leftmost blank leaf', async () => {
  const { groupId, rules } = group;
  const open = openLeaf(group.tree);
  expect(open.leafIndex).toBe(three);
  const { leaf, signature } = await makeJoiner(suite);
  const input = { tree: open.tree, leafIndex: three, leaf, groupId, signatureKey: signature.privateKey, random };
  const made = await createPath(suite, input);
  const groupContext = contextFor(group, made.tree);
  const common = { sender: three, excluded: new Set<LeafIndex>(), groupContext };
  const path = await encryptPath(suite, made, common);
  const tree = await applyPath(suite, { ...common, path, tree: open.tree, groupId, rules });
  for (const member of [zero, one, two]) {
    const privateTree = privateTreeOf(member);
    const read = await decryptPath(suite, { ...common, path, tree, treeBefore: open.tree, privateTree });
    expect(read.commitSecret).toEqual(made.commitSecret);
  }
});
