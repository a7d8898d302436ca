import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import type { LeafIndex } from '../indices.ts';
import { nextStep, type Ratchet, type RatchetStep, secretsOfRatchet, stepTo } from './ratchet.ts';
import { openedLeafAt, openTo, type SecretNode, withLeaf } from './secret-node.ts';

/** The two ratchets of a leaf: for proposals and commits, and for application messages. */
export type RatchetType = 'handshake' | 'application';

/**
 * The secrets of an epoch's messages (RFC 9420, section 9). A value that never changes: taking a key gives another tree, which shares
 * all that the step left alone. Its secrets have one owner, the newest tree: once that is stored, what was consumed is wiped, and the
 * trees before it are of no use.
 */
export interface SecretTree {
  /** The width of the tree, a power of two. */
  readonly leafCount: number;
  readonly root: SecretNode;
}

/** A key and nonce for one message, with the tree that no longer gives them. */
export interface MessageKey {
  readonly key: Bytes;
  readonly nonce: Bytes;
  readonly generation: number;
  readonly tree: SecretTree;
  /** True for a leaf's first key: secrets above the leaf are consumed, so the whole stored tree is replaced, not the leaf's ratchets. */
  readonly opened: boolean;
  /** What is wiped once the new tree is stored, key and nonce among it. */
  readonly consumed: readonly Bytes[];
}

/**
 * Returns the secret tree of an epoch for so many leaves, as wide as the next power of two (RFC 9420, section 9). The encryption
 * secret is the tree's from now on, and among what the first key consumes.
 */
export function createSecretTree(encryptionSecret: Bytes, leafCount: number): SecretTree {
  const width = 2 ** Math.ceil(Math.log2(leafCount));
  return { leafCount: width, root: { kind: 'closed', secret: encryptionSecret } };
}

/** Takes a leaf's next key, to send. Throws `leaf_out_of_range`, `ratchet_exhausted`. */
export function nextMessageKey(suite: CipherSuite, tree: SecretTree, leaf: LeafIndex, type: RatchetType): MessageKey {
  return takeKey(suite, tree, leaf, type, (ratchet) => nextStep(suite, ratchet));
}

/**
 * Takes a leaf's key of a generation, to receive. The keys that this passes are kept, at most 200 of each ratchet. Throws
 * `leaf_out_of_range`, `generation_consumed`, `generation_too_far`, `ratchet_exhausted`.
 */
export function messageKeyOf(
  suite: CipherSuite,
  tree: SecretTree,
  leaf: LeafIndex,
  type: RatchetType,
  generation: number,
): MessageKey {
  return takeKey(suite, tree, leaf, type, (ratchet) => stepTo(suite, ratchet, generation));
}

/** Returns how many generations a leaf's ratchets have gone on, those that were made and not sent included. */
export function generationsOf(tree: SecretTree, leaf: LeafIndex): Readonly<Record<RatchetType, number>> {
  const opened = openedLeafAt(tree.root, tree.leafCount, leaf);
  return { handshake: opened?.handshake.generation ?? 0, application: opened?.application.generation ?? 0 };
}

/** Returns every secret and key that the tree holds, for their wiping when its epoch ends. */
export function secretsOfTree(tree: SecretTree): readonly Bytes[] {
  const secrets: Bytes[] = [];
  const visit = (node: SecretNode): void => {
    if (node.kind === 'closed') secrets.push(node.secret);
    if (node.kind === 'leaf') secrets.push(...secretsOfRatchet(node.handshake), ...secretsOfRatchet(node.application));
    if (node.kind !== 'parent') return;
    visit(node.left);
    visit(node.right);
  };
  visit(tree.root);
  return secrets;
}

function takeKey(
  suite: CipherSuite,
  tree: SecretTree,
  leaf: LeafIndex,
  type: RatchetType,
  take: (ratchet: Ratchet) => RatchetStep,
): MessageKey {
  if (leaf >= tree.leafCount) throw new MlsError('leaf_out_of_range', `The secret tree has no leaf ${leaf}.`);
  const { root, consumed } = openTo(suite, tree.root, tree.leafCount, leaf);
  const ratchets = openedLeafAt(root, tree.leafCount, leaf);
  if (ratchets === undefined)
    throw new MlsError('invalid_secret_tree', 'A leaf of the secret tree is not where it is.');
  const { taken, ratchet, consumed: stepped } = take(ratchets[type]);
  return {
    ...taken,
    tree: { ...tree, root: withLeaf(root, tree.leafCount, leaf, { ...ratchets, [type]: ratchet }) },
    opened: consumed.length > 0,
    consumed: [...consumed, ...stepped, taken.key, taken.nonce],
  };
}
