import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { countOf } from './key-index.ts';
import { assertLeafRules, type LeafRules, verifyLeafSignature } from './leaf-validation.ts';
import { assertParentHashes } from './parent-hash.ts';
import { LeafPlace, type Place } from './places.ts';
import { membersOf, type RatchetTree } from './ratchet-tree.ts';

/**
 * Validates a whole tree as a joiner must (RFC 9420, section 12.4.3.1), all signatures in parallel. `treeFromNodes` has
 * checked its structure and unmerged leaves.
 * Throws `parent_hash_invalid`, `parent_key_not_unique`, `encryption_key_not_unique`, `signature_key_not_unique`,
 * `credential_type_not_supported`,
 * `invalid_public_key`, `leaf_signature_invalid` and what `assertLeafRules` throws.
 */
export async function validateTree(
  suite: CipherSuite,
  tree: RatchetTree,
  groupId: Bytes,
  rules: LeafRules,
): Promise<void> {
  assertUniqueKeys(tree);
  const { used, supported } = tree.root.credentials;
  if ((used & ~supported) !== 0) {
    throw new MlsError('credential_type_not_supported', 'A member does not support a credential type in use.');
  }
  const members = membersOf(tree);
  for (const { leaf } of members) assertLeafRules(leaf, rules);
  assertParentHashes(suite, tree);
  // Beyond the section: with a key that nobody can encrypt to in the tree, no member could commit a path again.
  await Promise.all(encryptionKeysIn(tree.root).map((key) => suite.hpke.checkPublicKey(key)));
  const verified = await Promise.all(
    members.map(({ leaf, leafIndex }) => verifyLeafSignature(suite, leaf, { groupId, leafIndex })),
  );
  if (verified.includes(false)) {
    throw new MlsError(
      'leaf_signature_invalid',
      `The signature of leaf ${members[verified.indexOf(false)]?.leafIndex} does not verify.`,
    );
  }
}

/**
 * Throws what `assertLeafRules` throws unless all members fit the rules: for new extensions of a group (RFC 9420,
 * section 12.1.7).
 */
export function assertMembersFit(tree: RatchetTree, rules: LeafRules): void {
  for (const { leaf } of membersOf(tree)) assertLeafRules(leaf, rules);
}

function encryptionKeysIn(root: Place): readonly Bytes[] {
  const keys: Bytes[] = [];
  const visit = (place: Place): void => {
    const node = place instanceof LeafPlace ? place.leaf : place.parent;
    if (node !== undefined) keys.push(node.encryptionKey);
    if (place instanceof LeafPlace) return;
    visit(place.left);
    visit(place.right);
  };
  visit(root);
  return keys;
}

function assertUniqueKeys(tree: RatchetTree): void {
  const visit = (place: Place): void => {
    if (place instanceof LeafPlace) {
      assertUniqueKeysOf(tree, place);
      return;
    }
    if (place.parent !== undefined && countOf(tree.encryptionKeys, place.parent.encryptionKey) > 1) {
      throw new MlsError('parent_key_not_unique', 'The encryption key of a parent appears in another node.');
    }
    visit(place.left);
    visit(place.right);
  };
  visit(tree.root);
}

function assertUniqueKeysOf(tree: RatchetTree, { leaf }: LeafPlace): void {
  if (leaf === undefined) return;
  if (countOf(tree.encryptionKeys, leaf.encryptionKey) > 1) {
    throw new MlsError('encryption_key_not_unique', 'Two members have one encryption key.');
  }
  if (countOf(tree.signatureKeys, leaf.signatureKey) > 1) {
    throw new MlsError('signature_key_not_unique', 'Two members have one signature key.');
  }
}
