import { type Bytes, equalBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import type { LeafIndex } from '../indices.ts';
import type { UpdatePath } from '../structures/update-path.ts';
import { countOf, noKeys, withKey } from './key-index.ts';
import { type LeafRules, validateLeaf } from './leaf-validation.ts';
import { pathParents, recipientsOf } from './path-keys.ts';
import { filteredDirectPath, leafAt, type PathStep, type RatchetTree, replaceLeaf } from './ratchet-tree.ts';

/** A path that was received, and where it belongs. */
export interface ReceivedPath {
  /** With all proposals of the commit applied; for an external commit with its sender's blank leaf. */
  readonly tree: RatchetTree;
  readonly sender: LeafIndex;
  readonly path: UpdatePath;
  readonly groupId: Bytes;
  /** The leaves that the commit adds. */
  readonly excluded: ReadonlySet<LeafIndex>;
  readonly rules: LeafRules;
}

/**
 * Validates a path in everything that is public and returns the tree with it (RFC 9420, sections 7.5, 7.6 and 12.4.2).
 * Throws `path_sender_outside_tree`, `path_length_mismatch`, `path_ciphertext_count`, `path_leaf_key_not_new`,
 * `path_key_not_new`, `path_key_repeated`, `parent_hash_mismatch`,
 * `invalid_public_key` and what `validateLeaf` and `replaceLeaf` throw.
 */
export async function applyPath(suite: CipherSuite, received: ReceivedPath): Promise<RatchetTree> {
  const { tree, sender, path, groupId } = received;
  const { leafNode: leaf } = path;
  const steps = filteredDirectPath(tree, sender);
  assertShape(received, steps);
  assertNewKeys(tree, sender, path);
  const keys = path.nodes.map(({ encryptionKey }) => encryptionKey);
  await Promise.all([
    validateLeaf(suite, leaf, { source: 'commit', groupId, leafIndex: sender }, received.rules),
    ...[leaf.encryptionKey, ...keys].map((key) => suite.hpke.checkPublicKey(key)),
  ]);
  const { parents, leafParentHash } = pathParents(suite, tree, steps, keys);
  if (leaf.source.type !== 'commit' || !equalBytes(leaf.source.parentHash, leafParentHash)) {
    throw new MlsError('parent_hash_mismatch', "The parent hash of a path's leaf is not that of the path.");
  }
  return replaceLeaf(tree, sender, leaf, (place) => parents.get(place.index));
}

function assertShape({ tree, sender, path, excluded }: ReceivedPath, steps: readonly PathStep[]): void {
  if (sender >= tree.leafCount) {
    throw new MlsError('path_sender_outside_tree', 'The sender of a path is a leaf outside the tree.');
  }
  if (path.nodes.length !== steps.length) {
    throw new MlsError('path_length_mismatch', 'A path has not one node for each of the filtered direct path.');
  }
  steps.forEach(({ copathChild }, i) => {
    const recipients = recipientsOf(tree, copathChild, excluded);
    if (path.nodes[i]?.encryptedPathSecret.length !== recipients.length) {
      throw new MlsError('path_ciphertext_count', 'A node of a path has not one ciphertext for each recipient.');
    }
  });
}

function assertNewKeys(tree: RatchetTree, sender: LeafIndex, { leafNode, nodes }: UpdatePath): void {
  const current = leafAt(tree, sender);
  if (current !== undefined && equalBytes(current.encryptionKey, leafNode.encryptionKey)) {
    throw new MlsError('path_leaf_key_not_new', 'The leaf of a path has the encryption key of the leaf before it.');
  }
  let seen = noKeys;
  for (const { encryptionKey } of [leafNode, ...nodes]) {
    if (countOf(tree.encryptionKeys, encryptionKey) > 0) {
      throw new MlsError('path_key_not_new', 'A key of a path is that of a node of the tree.');
    }
    if (countOf(seen, encryptionKey) > 0) throw new MlsError('path_key_repeated', 'One key is in a path twice.');
    seen = withKey(seen, encryptionKey);
  }
}
