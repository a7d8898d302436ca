import { randomBytes } from 'node:crypto';
import { type Bytes, concat } from '../../bytes.ts';
import { encode } from '../../codec/writer.ts';
import type { CipherSuite, SignatureKeyPair } from '../../crypto/cipher-suite.ts';
import { signWithLabel } from '../../crypto/labels.ts';
import { type LeafIndex, nodeOfLeaf, toLeafIndex } from '../../indices.ts';
import { type LeafNode, leafNodeToBeSigned, type UnsignedLeafNode } from '../../structures/leaf-node.ts';
import { writeNodeList } from '../../structures/node.ts';
import { applyPath } from '../apply-path.ts';
import { createPath, encryptPath, pathSecretFor } from '../create-path.ts';
import { decryptPath } from '../decrypt-path.ts';
import { joinedPrivateTree } from '../join-tree.ts';
import { type LeafRules, rulesOf } from '../leaf-validation.ts';
import { nodesOf } from '../node-list.ts';
import { deriveNodeSecret, type NodeSecret, type PrivateTree, prunePrivateTree } from '../private-tree.ts';
import { addLeaf, leafAt, type RatchetTree, removeLeaf, treeHash, treeOf, updateLeaf } from '../ratchet-tree.ts';

/** Random bytes, in a buffer of their own. */
export const random = (length: number): Bytes => concat(randomBytes(length));

/** What one member alone has. */
export interface Keys {
  readonly signature: SignatureKeyPair;
  readonly privateTree: PrivateTree;
}

/** What a commit changes, in the order in which it is applied. */
export interface Change {
  readonly updates?: readonly LeafIndex[];
  readonly removes?: readonly LeafIndex[];
  readonly adds?: number;
  readonly path: boolean;
}

/**
 * A group of honest members that all apply each commit: trees and private trees, without messages. An immutable value.
 */
export interface TreeGroup {
  readonly suite: CipherSuite;
  readonly groupId: Bytes;
  readonly rules: LeafRules;
  readonly tree: RatchetTree;
  readonly members: ReadonlyMap<LeafIndex, Keys>;
}

/** Returns a leaf with fresh keys before it is signed. */
export function unsignedLeaf(
  suite: CipherSuite,
  signatureKey: Bytes,
  encryptionKey: Bytes,
  source: UnsignedLeafNode['source'],
): UnsignedLeafNode {
  return {
    encryptionKey,
    signatureKey,
    credential: { type: 'basic', identity: random(4) },
    capabilities: { versions: [1], cipherSuites: [suite.id], extensions: [], proposals: [], credentials: [1] },
    source,
    extensions: [],
  };
}

/** Returns the leaf with its signature. */
export async function signLeaf(
  suite: CipherSuite,
  leaf: UnsignedLeafNode,
  key: SignatureKeyPair,
  place: { readonly groupId: Bytes; readonly leafIndex: LeafIndex },
): Promise<LeafNode> {
  const signature = await signWithLabel(suite, key.privateKey, 'LeafNodeTBS', leafNodeToBeSigned(leaf, place));
  return { ...leaf, signature };
}

/** Returns a member that has a leaf in no group yet. */
export async function makeJoiner(suite: CipherSuite) {
  const signature = await suite.signature.generateKeyPair();
  const leafKey = await deriveNodeSecret(suite, random(suite.hashLength));
  const source = { type: 'key_package', lifetime: { notBefore: 0n, notAfter: 100n } } as const;
  const unsigned = unsignedLeaf(suite, signature.publicKey, leafKey.keyPair.publicKey, source);
  const place = { groupId: new Uint8Array(0), leafIndex: toLeafIndex(0) };
  return { signature, leafKey, leaf: await signLeaf(suite, unsigned, signature, place) };
}

function onlyLeaf(leafIndex: LeafIndex, leafKey: NodeSecret): PrivateTree {
  return { leafIndex, nodes: new Map([[nodeOfLeaf(leafIndex), leafKey]]) };
}

/** Returns a group of one member. */
export async function groupOfOne(suite: CipherSuite): Promise<TreeGroup> {
  const { signature, leafKey, leaf } = await makeJoiner(suite);
  const leafIndex = toLeafIndex(0);
  return {
    suite,
    groupId: random(8),
    rules: rulesOf({ cipherSuite: suite.id, extensions: [] }),
    tree: treeOf(leaf),
    members: new Map([[leafIndex, { signature, privateTree: onlyLeaf(leafIndex, leafKey) }]]),
  };
}

/** Returns what stands for the provisional GroupContext. */
export function contextFor(group: TreeGroup, tree: RatchetTree): Bytes {
  return concat(group.groupId, treeHash(group.suite, tree));
}

async function updated(group: TreeGroup, leafIndex: LeafIndex): Promise<TreeGroup> {
  const { suite, groupId } = group;
  const signature = await suite.signature.generateKeyPair();
  const leafKey = await deriveNodeSecret(suite, random(suite.hashLength));
  const unsigned = unsignedLeaf(suite, signature.publicKey, leafKey.keyPair.publicKey, { type: 'update' });
  const leaf = await signLeaf(suite, unsigned, signature, { groupId, leafIndex });
  return {
    ...group,
    tree: updateLeaf(group.tree, leafIndex, leaf),
    members: new Map([...group.members, [leafIndex, { signature, privateTree: onlyLeaf(leafIndex, leafKey) }]]),
  };
}

/** Returns the group with all proposals applied, and the joiners, which have their leaf's key only. */
async function proposed(before: TreeGroup, change: Change) {
  let group = before;
  for (const leafIndex of change.updates ?? []) group = await updated(group, leafIndex);
  let { tree } = group;
  const members = new Map(group.members);
  for (const leafIndex of change.removes ?? []) {
    tree = removeLeaf(tree, leafIndex);
    members.delete(leafIndex);
  }
  for (const [leafIndex, keys] of members) {
    members.set(leafIndex, { ...keys, privateTree: prunePrivateTree(keys.privateTree, tree).privateTree });
  }
  const joiners = new Map<LeafIndex, Keys & { readonly leafKey: NodeSecret }>();
  for (let i = 0; i < (change.adds ?? 0); i++) {
    const { signature, leafKey, leaf } = await makeJoiner(group.suite);
    const added = addLeaf(tree, leaf);
    tree = added.tree;
    const keys = { signature, leafKey, privateTree: onlyLeaf(added.leafIndex, leafKey) };
    joiners.set(added.leafIndex, keys);
  }
  return { group: { ...group, tree, members }, joiners };
}

/**
 * Returns the group after a commit that all members, joiners included, have applied. Throws when two of them differ.
 */
export async function commit(before: TreeGroup, committer: LeafIndex, change: Change): Promise<TreeGroup> {
  const { group, joiners } = await proposed(before, change);
  if (!change.path) return { ...group, members: new Map([...group.members, ...joiners]) };
  const { suite, groupId, rules } = group;
  const leaf = leafAt(group.tree, committer);
  const own = group.members.get(committer);
  if (leaf === undefined || own === undefined) throw new Error('The committer is not a member.');
  const created = await createPath(suite, {
    ...own,
    tree: group.tree,
    leafIndex: committer,
    leaf,
    groupId,
    signatureKey: own.signature.privateKey,
    random,
  });
  const excluded = new Set(joiners.keys());
  const groupContext = contextFor(group, created.tree);
  const path = await encryptPath(suite, created, { groupContext, excluded });
  const common = { sender: committer, path, groupId, excluded, rules, groupContext };
  const tree = await applyPath(suite, { ...common, tree: group.tree });
  if (treeBytes(tree) !== treeBytes(created.tree)) throw new Error('Sender and receiver have different trees.');
  const members = new Map<LeafIndex, Keys>([[committer, { ...own, privateTree: created.privateTree }]]);
  for (const [leafIndex, keys] of group.members) {
    if (leafIndex === committer) continue;
    const read = await decryptPath(suite, { ...common, tree, treeBefore: group.tree, privateTree: keys.privateTree });
    if (Buffer.compare(read.commitSecret, created.commitSecret) !== 0) throw new Error('Commit secrets differ.');
    members.set(leafIndex, { ...keys, privateTree: read.privateTree });
  }
  for (const [leafIndex, keys] of joiners) {
    const pathSecret = pathSecretFor(created, leafIndex);
    const joined = { tree, leafIndex, leafKey: keys.leafKey, signer: committer, pathSecret };
    members.set(leafIndex, { ...keys, privateTree: await joinedPrivateTree(suite, joined) });
  }
  return { ...group, tree, members };
}

/** Returns the encoding of a tree in hex, for comparisons. */
export function treeBytes(tree: RatchetTree): string {
  return Buffer.from(encode(writeNodeList, nodesOf(tree))).toString('hex');
}
