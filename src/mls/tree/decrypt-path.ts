import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { decryptWithLabel } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import type { LeafIndex, NodeIndex } from '../indices.ts';
import type { UpdatePath } from '../structures/update-path.ts';
import { recipientsOf } from './path-keys.ts';
import { nodesFromPathSecret } from './path-secrets.ts';
import { type ChangedPrivateTree, filterPrivateTree, isCurrent, type PrivateTree } from './private-tree.ts';
import { encryptionKeyAt, filteredDirectPath, parentsAbove, type RatchetTree } from './ratchet-tree.ts';
import { covers } from './tree-math.ts';

/** A path that `applyPath` took, and the keys of the member that reads it. */
export interface AppliedPath {
  /** As `applyPath` returned it. */
  readonly tree: RatchetTree;
  /** As `applyPath` was given it. */
  readonly treeBefore: RatchetTree;
  readonly privateTree: PrivateTree;
  readonly sender: LeafIndex;
  readonly path: UpdatePath;
  /** The leaves that the commit adds. */
  readonly excluded: ReadonlySet<LeafIndex>;
  /** The encoding of the provisional GroupContext. */
  readonly groupContext: Bytes;
}

/**
 * Decrypts a path and returns the member's keys after it, with the commit secret (RFC 9420, section 7.5).
 * Throws `path_not_for_member`, `decryption_failed`, `path_key_mismatch`.
 */
export async function decryptPath(
  suite: CipherSuite,
  applied: AppliedPath,
): Promise<ChangedPrivateTree & { readonly commitSecret: Bytes }> {
  const { tree, treeBefore, privateTree, sender } = applied;
  const steps = filteredDirectPath(treeBefore, sender);
  const first = steps.findIndex(({ copathChild }) => covers(copathChild, privateTree.leafIndex));
  const pathSecret = await openPathSecret(suite, applied, first, steps[first]?.copathChild);
  const expected = steps.slice(first).flatMap(({ node }) => {
    const encryptionKey = encryptionKeyAt(tree, node);
    return encryptionKey === undefined ? [] : [{ node, encryptionKey }];
  });
  const derived = await nodesFromPathSecret(suite, pathSecret, expected, 'path_key_mismatch');
  const replaced = new Set(parentsAbove(treeBefore, sender).map(({ index }) => index));
  const { privateTree: kept, consumed } = filterPrivateTree(privateTree, (node) => !replaced.has(node));
  return {
    privateTree: { ...kept, nodes: new Map([...kept.nodes, ...derived.nodes]) },
    commitSecret: derived.commitSecret,
    consumed,
  };
}

async function openPathSecret(
  suite: CipherSuite,
  { treeBefore, privateTree, path, excluded, groupContext }: AppliedPath,
  step: number,
  copathChild: NodeIndex | undefined,
): Promise<Bytes> {
  const recipients = copathChild === undefined ? [] : recipientsOf(treeBefore, copathChild, excluded);
  for (const [i, node] of recipients.entries()) {
    const secret = privateTree.nodes.get(node);
    const sealed = path.nodes[step]?.encryptedPathSecret[i];
    if (secret === undefined || sealed === undefined || !isCurrent(treeBefore, node, secret)) continue;
    return decryptWithLabel(suite, secret.keyPair, 'UpdatePathNode', groupContext, sealed);
  }
  throw new MlsError('path_not_for_member', 'A path has no ciphertext that a key of this member opens.');
}
