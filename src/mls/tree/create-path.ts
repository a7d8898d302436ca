import { type Bytes, noBytes } from '../bytes.ts';
import type { CipherSuite, RandomBytes } from '../crypto/cipher-suite.ts';
import { encrypterWithLabel, signWithLabel } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, type NodeIndex, nodeOfLeaf } from '../indices.ts';
import { type LeafNode, leafNodeToBeSigned, type UnsignedLeafNode } from '../structures/leaf-node.ts';
import type { UpdatePath } from '../structures/update-path.ts';
import { pathParents, recipientsOf } from './path-keys.ts';
import { nodeSecretsOf, pathSecretsFrom } from './path-secrets.ts';
import { deriveNodeSecret, type PrivateTree } from './private-tree.ts';
import { encryptionKeyAt, filteredDirectPath, type PathStep, type RatchetTree, replaceLeaf } from './ratchet-tree.ts';
import { covers } from './tree-math.ts';

/** What a member says of itself in its leaf; the path makes the rest. */
export type LeafContent = Omit<UnsignedLeafNode, 'source' | 'encryptionKey'>;

/** A member's new path: in a tree, and with its private keys. */
export interface CreatedPath {
  /** With the path in it. */
  readonly tree: RatchetTree;
  readonly privateTree: PrivateTree;
  readonly leafNode: LeafNode;
  readonly steps: readonly (PathStep & { readonly encryptionKey: Bytes })[];
  /** One for each step. To be wiped when path and Welcome are made. */
  readonly pathSecrets: readonly Bytes[];
  readonly commitSecret: Bytes;
  /** The secrets of the keys that the path replaces, to be wiped when the new state is stored. */
  readonly consumed: readonly Bytes[];
}

/** What a path is made from. */
export interface PathInput {
  /** With all proposals of the commit applied. */
  readonly tree: RatchetTree;
  /** The private keys that the path replaces. */
  readonly privateTree?: PrivateTree;
  readonly leafIndex: LeafIndex;
  readonly leaf: LeafContent;
  readonly groupId: Bytes;
  /** The private key of `leaf.signatureKey`. */
  readonly signatureKey: CryptoKey;
  readonly random: RandomBytes;
}

/**
 * Makes new keys from a member's leaf to the root (RFC 9420, sections 7.4 and 7.5).
 * Throws what `replaceLeaf` throws.
 */
export async function createPath(suite: CipherSuite, input: PathInput): Promise<CreatedPath> {
  const { tree, leafIndex, groupId } = input;
  const filtered = filteredDirectPath(tree, leafIndex);
  const { secrets, commitSecret } = pathSecretsFrom(suite, input.random(suite.hashLength), filtered.length);
  const [leafSecret, nodeSecrets] = await Promise.all([
    deriveNodeSecret(suite, input.random(suite.hashLength)),
    nodeSecretsOf(suite, secrets),
  ]);
  const keys = nodeSecrets.map(({ keyPair }) => keyPair.publicKey);
  const { parents, leafParentHash } = pathParents(suite, tree, filtered, keys);
  const unsigned: UnsignedLeafNode = {
    ...input.leaf,
    encryptionKey: leafSecret.keyPair.publicKey,
    source: { type: 'commit', parentHash: leafParentHash },
  };
  const content = leafNodeToBeSigned(unsigned, { groupId, leafIndex });
  const leafNode = {
    ...unsigned,
    signature: await signWithLabel(suite, input.signatureKey, 'LeafNodeTBS', content),
  };
  const nodes = new Map([[nodeOfLeaf(leafIndex), leafSecret]]);
  nodeSecrets.forEach((secret, i) => {
    const node = filtered[i]?.node;
    if (node !== undefined) nodes.set(node, secret);
  });
  return {
    tree: replaceLeaf(tree, leafIndex, leafNode, (place) => parents.get(place.index)),
    privateTree: { leafIndex, nodes },
    leafNode,
    steps: filtered.map((step, i) => ({ ...step, encryptionKey: keys[i] ?? noBytes })),
    pathSecrets: secrets,
    commitSecret,
    consumed: [...(input.privateTree?.nodes.values() ?? [])].flatMap(({ ikm }) => ikm ?? []),
  };
}

/** Whom and in which context a path is encrypted to. */
export interface PathContext {
  /** The encoding of the provisional GroupContext. */
  readonly groupContext: Bytes;
  /** The leaves that the commit adds. */
  readonly excluded: ReadonlySet<LeafIndex>;
}

/** Encrypts each path secret to the copath, all in parallel (RFC 9420, section 7.6). Throws `invalid_public_key`. */
export async function encryptPath(
  suite: CipherSuite,
  created: CreatedPath,
  { groupContext, excluded }: PathContext,
): Promise<UpdatePath> {
  const encrypt = encrypterWithLabel(suite, 'UpdatePathNode', groupContext);
  const nodes = await Promise.all(
    created.steps.map(async ({ copathChild, encryptionKey }, i) => {
      const secret = created.pathSecrets[i] ?? noBytes;
      const seal = (node: NodeIndex) => {
        const publicKey = encryptionKeyAt(created.tree, node) ?? noBytes;
        return encrypt(publicKey, secret);
      };
      const recipients = recipientsOf(created.tree, copathChild, excluded);
      return { encryptionKey, encryptedPathSecret: await Promise.all(recipients.map(seal)) };
    }),
  );
  return { leafNode: created.leafNode, nodes };
}

/**
 * Returns the path secret for a new member's Welcome: that of the lowest node above both (RFC 9420, section 12.4.1).
 * Throws `path_not_for_member`.
 */
export function pathSecretFor(created: CreatedPath, newLeaf: LeafIndex): Bytes {
  const step = created.steps.findIndex(({ copathChild }) => covers(copathChild, newLeaf));
  const secret = created.pathSecrets[step];
  if (secret === undefined) throw new MlsError('path_not_for_member', 'The path has no node above a new leaf.');
  return secret;
}
