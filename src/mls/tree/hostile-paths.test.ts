import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, noBytes } from '../bytes.ts';
import { cipherSuite } from '../crypto/suites.ts';
import type { MlsErrorCode } from '../errors.ts';
import { type LeafIndex, toLeafIndex } from '../indices.ts';
import type { UnsignedLeafNode } from '../structures/leaf-node.ts';
import type { UpdatePath } from '../structures/update-path.ts';
import { applyPath, type ReceivedPath } from './apply-path.ts';
import { type CreatedPath, createPath, encryptPath } from './create-path.ts';
import { pathParents } from './path-keys.ts';
import { addLeaf, filteredDirectPath, leafAt, type RatchetTree, treeHash } from './ratchet-tree.ts';
import {
  commit,
  contextFor,
  groupOfOne,
  type Keys,
  makeJoiner,
  random,
  signLeaf,
  type TreeGroup,
} from './testing/tree-group.ts';

const suite = await cipherSuite(1);
const [zero, one, two] = [toLeafIndex(0), toLeafIndex(1), toLeafIndex(2)];
const nobody: ReadonlySet<LeafIndex> = new Set();

/**
 * Four members, of whom the first has committed. Member 1 is the hostile one, or the one that a hostile service plays.
 */
let group: TreeGroup;
/** An honest path of member 1. */
let created: CreatedPath;
let honest: UpdatePath;

beforeAll(async () => {
  group = await commit(await groupOfOne(suite), zero, { adds: 3, path: true });
  created = await newPath(group.tree);
  honest = await encryptPath(suite, created, { groupContext: contextFor(group, created.tree), excluded: nobody });
});

function keysOf(leafIndex: LeafIndex): Keys {
  const keys = group.members.get(leafIndex);
  if (keys === undefined) throw new Error('There is no such member.');
  return keys;
}

function newPath(tree: RatchetTree): Promise<CreatedPath> {
  const leaf = leafAt(tree, one);
  if (leaf === undefined) throw new Error('There is no such member.');
  const { signature } = keysOf(one);
  return createPath(suite, {
    tree,
    leafIndex: one,
    leaf,
    groupId: group.groupId,
    signatureKey: signature.privateKey,
    random,
  });
}

function apply(path: UpdatePath, changes: Partial<ReceivedPath> = {}) {
  const { tree, groupId, rules } = group;
  return applyPath(suite, { tree, sender: one, path, groupId, excluded: nobody, rules, ...changes });
}

/**
 * Returns the honest path with other keys of its nodes and other members of its leaf, its parent hash and signature
 * made to fit.
 */
async function resigned(
  keys: readonly Bytes[],
  leaf: Partial<UnsignedLeafNode> = {},
  signer = one,
): Promise<UpdatePath> {
  const steps = filteredDirectPath(group.tree, one);
  const { leafParentHash } = pathParents(suite, group.tree, steps, keys);
  const source = { type: 'commit', parentHash: leafParentHash } as const;
  const place = { groupId: group.groupId, leafIndex: one };
  const leafNode = await signLeaf(suite, { ...honest.leafNode, source, ...leaf }, keysOf(signer).signature, place);
  const nodes = honest.nodes.map((node, i) => ({ ...node, encryptionKey: keys[i] ?? node.encryptionKey }));
  return { leafNode, nodes };
}

const honestKeys = (): readonly Bytes[] => honest.nodes.map(({ encryptionKey }) => encryptionKey);
const keyAt = (leafIndex: LeafIndex): Bytes => leafAt(group.tree, leafIndex)?.encryptionKey ?? noBytes;

it('takes the honest path, and one that was only signed again', async () => {
  const expected = treeHash(suite, created.tree);
  expect(treeHash(suite, await apply(honest))).toEqual(expected);
  const again = await apply(await resigned(honestKeys()));
  expect(leafAt(again, one)?.encryptionKey).toEqual(honest.leafNode.encryptionKey);
});

describe('a path that all members refuse', () => {
  it.each<[string, MlsErrorCode, () => Promise<UpdatePath> | UpdatePath]>([
    ['lacks a node', 'path_length_mismatch', () => ({ ...honest, nodes: honest.nodes.slice(0, -1) })],
    [
      'has a node more',
      'path_length_mismatch',
      () => ({ ...honest, nodes: [...honest.nodes, ...honest.nodes.slice(0, 1)] }),
    ],
    ['lacks a ciphertext', 'path_ciphertext_count', () => withCiphertexts((sealed) => sealed.slice(1))],
    ['has a ciphertext more', 'path_ciphertext_count', () => withCiphertexts((sealed) => [...sealed, ...sealed])],
    ['keeps its leaf key', 'path_leaf_key_not_new', () => resigned(honestKeys(), { encryptionKey: keyAt(one) })],
    ['has the leaf key of another', 'path_key_not_new', () => resigned(honestKeys(), { encryptionKey: keyAt(two) })],
    ['has the key of a leaf in a node', 'path_key_not_new', () => resigned(honestKeys().with(0, keyAt(two)))],
    ['keeps the key of a node', 'path_key_not_new', () => resigned(honestKeys().with(1, rootKey()))],
    [
      'has one key in two nodes',
      'path_key_repeated',
      () => resigned(honestKeys().map(() => honestKeys()[0] ?? noBytes)),
    ],
    [
      'has its leaf key in a node',
      'path_key_repeated',
      () => resigned(honestKeys().with(1, honest.leafNode.encryptionKey)),
    ],
    ['has a key that is none', 'invalid_public_key', () => resigned(honestKeys().with(1, random(31)))],
    ['has a leaf key that is none', 'invalid_public_key', () => resigned(honestKeys(), { encryptionKey: random(31) })],
    ['has a leaf of another source', 'path_leaf_source', () => resigned(honestKeys(), { source: { type: 'update' } })],
    [
      'has another parent hash',
      'parent_hash_mismatch',
      () => resigned(honestKeys(), { source: commitSource(random(32)) }),
    ],
    ['has no parent hash', 'parent_hash_mismatch', () => resigned(honestKeys(), { source: commitSource(noBytes) })],
    [
      'has the key of another member',
      'signature_key_not_unique',
      () => resigned(honestKeys(), { signatureKey: keysOf(two).signature.publicKey }, two),
    ],
    ['is signed by another', 'leaf_signature_invalid', () => resigned(honestKeys(), {}, two)],
    [
      'lacks the suite',
      'cipher_suite_not_in_capabilities',
      () => resigned(honestKeys(), { capabilities: { ...honest.leafNode.capabilities, cipherSuites: [] } }),
    ],
  ])('because it %s: %s', async (_, code, path) => {
    const before = treeHash(suite, group.tree);
    await expect(apply(await path())).rejects.toMatchObject({ code });
    expect(treeHash(suite, group.tree)).toEqual(before);
  });

  const commitSource = (parentHash: Bytes) => ({ type: 'commit', parentHash }) as const;
  const rootKey = (): Bytes =>
    ('parent' in group.tree.root ? group.tree.root.parent?.encryptionKey : undefined) ?? noBytes;
  function withCiphertexts(
    change: (
      sealed: UpdatePath['nodes'][number]['encryptedPathSecret'],
    ) => UpdatePath['nodes'][number]['encryptedPathSecret'],
  ): UpdatePath {
    const nodes = honest.nodes.map((node) => ({ ...node, encryptedPathSecret: change(node.encryptedPathSecret) }));
    return { ...honest, nodes };
  }

  it('because it is encrypted to a leaf that the same commit adds: path_ciphertext_count', async () => {
    const { tree, leafIndex } = addLeaf(group.tree, (await makeJoiner(suite)).leaf);
    const made = await newPath(tree);
    const groupContext = contextFor(group, made.tree);
    const excluded = new Set([leafIndex]);
    const tooMany = await encryptPath(suite, made, { groupContext, excluded: nobody });
    await expect(apply(tooMany, { tree, excluded })).rejects.toMatchObject({ code: 'path_ciphertext_count' });
    await apply(await encryptPath(suite, made, { groupContext, excluded }), { tree, excluded });
  });

  it('because its sender is outside the tree: path_sender_outside_tree', async () => {
    for (const sender of [4, 5, 0xffff_ffff].map(toLeafIndex)) {
      await expect(apply(honest, { sender })).rejects.toMatchObject({ code: 'path_sender_outside_tree' });
    }
  });
});
