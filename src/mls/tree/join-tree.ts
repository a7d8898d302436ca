import { type Bytes, equalBytes, wipe } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, nodeOfLeaf } from '../indices.ts';
import { nodesFromPathSecret } from './path-secrets.ts';
import type { NodeSecret, PrivateTree } from './private-tree.ts';
import { leafAt, parentsAbove, type RatchetTree } from './ratchet-tree.ts';
import { covers } from './tree-math.ts';

/** What a joiner has for its private keys. */
export interface JoinedTree {
  readonly tree: RatchetTree;
  readonly leafIndex: LeafIndex;
  readonly leafKey: NodeSecret;
  /** Who signed the GroupInfo. */
  readonly signer: LeafIndex;
  /** From the GroupSecrets; its owner wipes it. */
  readonly pathSecret: Bytes | undefined;
}

/**
 * Returns the private keys of a joiner: its leaf's, and with a path secret those of the nodes above both it and the
 * signer (RFC 9420, section 12.4.3.1).
 * Throws `leaf_key_mismatch`, `signer_leaf_blank`, `common_ancestor_blank`, `path_secret_mismatch`.
 */
export async function joinedPrivateTree(suite: CipherSuite, joined: JoinedTree): Promise<PrivateTree> {
  const { tree, leafIndex, leafKey, signer, pathSecret } = joined;
  const leaf = leafAt(tree, leafIndex);
  if (leaf === undefined || !equalBytes(leaf.encryptionKey, leafKey.keyPair.publicKey)) {
    throw new MlsError('leaf_key_mismatch', "The joiner's key is not that of its leaf.");
  }
  const own = [nodeOfLeaf(leafIndex), leafKey] as const;
  if (pathSecret === undefined) return { leafIndex, nodes: new Map([own]) };
  if (leafAt(tree, signer) === undefined) throw new MlsError('signer_leaf_blank', 'The signer is not in the tree.');
  const common = parentsAbove(tree, leafIndex).filter(({ index }) => covers(index, signer));
  if (signer === leafIndex || common.at(-1)?.parent === undefined) {
    throw new MlsError('common_ancestor_blank', 'The lowest common ancestor of joiner and signer is blank.');
  }
  const expected = common
    .reverse()
    .flatMap(({ index, parent }) =>
      parent === undefined ? [] : [{ node: index, encryptionKey: parent.encryptionKey }],
    );
  const copy = pathSecret.slice();
  const { nodes, commitSecret } = await nodesFromPathSecret(suite, copy, expected, 'path_secret_mismatch');
  wipe([commitSecret]);
  return { leafIndex, nodes: new Map([own, ...nodes]) };
}
