import { type Bytes, equalBytes } from '../bytes.ts';
import { decodeOwn } from '../codec/reader.ts';
import { encode } from '../codec/writer.ts';
import type { CipherSuite, HpkeKeyPair } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, type NodeIndex, toLeafIndex, toNodeIndex } from '../indices.ts';
import { encryptionKeyAt, type RatchetTree } from './ratchet-tree.ts';

/** The private key of one node. */
export interface NodeSecret {
  readonly keyPair: HpkeKeyPair;
  /**
   * The node secret that the pair was derived from (RFC 9420, section 7.4): this is what is stored. Unset for an
   * imported key.
   */
  readonly ikm?: Bytes;
}

/** The private keys that a member has: of its leaf and of nodes above it. Immutable. */
export interface PrivateTree {
  readonly leafIndex: LeafIndex;
  readonly nodes: ReadonlyMap<NodeIndex, NodeSecret>;
}

/** Private keys after a change, and the secrets of those that went, to be wiped when the new state is stored. */
export interface ChangedPrivateTree {
  readonly privateTree: PrivateTree;
  readonly consumed: readonly Bytes[];
}

/** Returns the key pair of a node secret, together with it (RFC 9420, section 7.4). */
export async function deriveNodeSecret(suite: CipherSuite, ikm: Bytes): Promise<NodeSecret> {
  return { keyPair: await suite.hpke.deriveKeyPair(ikm), ikm };
}

/** Returns the private keys that `keep` keeps. */
export function filterPrivateTree(
  { leafIndex, nodes }: PrivateTree,
  keep: (node: NodeIndex, secret: NodeSecret) => boolean,
): ChangedPrivateTree {
  const kept = new Map<NodeIndex, NodeSecret>();
  const consumed: Bytes[] = [];
  for (const [node, secret] of nodes) {
    if (keep(node, secret)) kept.set(node, secret);
    else if (secret.ikm !== undefined) consumed.push(secret.ikm);
  }
  return { privateTree: { leafIndex, nodes: kept }, consumed };
}

/** True if a private key is the one of the node in this tree. */
export function isCurrent(tree: RatchetTree, node: NodeIndex, { keyPair }: NodeSecret): boolean {
  const publicKey = encryptionKeyAt(tree, node);
  return publicKey !== undefined && equalBytes(publicKey, keyPair.publicKey);
}

/**
 * Drops the private keys of nodes that are blank or have another key in `tree`: for after proposals were applied (RFC
 * 9420, section 7.5).
 */
export function prunePrivateTree(privateTree: PrivateTree, tree: RatchetTree): ChangedPrivateTree {
  return filterPrivateTree(privateTree, (node, secret) => isCurrent(tree, node, secret));
}

/** Returns the bytes of a snapshot, which hold the node secrets. Throws `secret_not_storable`. */
export function encodePrivateTree(privateTree: PrivateTree): Bytes {
  return encode((writer, { leafIndex, nodes }) => {
    writer.u32(leafIndex);
    writer.vector([...nodes], (inner, [node, { ikm }]) => {
      if (ikm === undefined)
        throw new MlsError('secret_not_storable', 'A private key was imported without its secret.');
      inner.u32(node);
      inner.opaque(ikm);
    });
  }, privateTree);
}

/** Returns what `encodePrivateTree` was given, its key pairs derived anew. Throws what a decoder throws. */
export async function decodePrivateTree(suite: CipherSuite, bytes: Uint8Array): Promise<PrivateTree> {
  const { leafIndex, secrets } = decodeOwn(
    (reader) => ({
      leafIndex: toLeafIndex(reader.u32()),
      secrets: reader.vector((inner) => ({ node: toNodeIndex(inner.u32()), ikm: inner.opaque() })),
    }),
    bytes,
  );
  const nodes = await Promise.all(
    secrets.map(async ({ node, ikm }) => [node, await deriveNodeSecret(suite, ikm)] as const),
  );
  return { leafIndex, nodes: new Map(nodes) };
}
