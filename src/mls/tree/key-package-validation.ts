import { equalBytes, noBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { verifyWithLabel } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import { toLeafIndex } from '../indices.ts';
import { type KeyPackage, keyPackageToBeSigned } from '../structures/key-package.ts';
import { type LeafRules, supportsExtensions, validateLeaf } from './leaf-validation.ts';

/**
 * Validates a KeyPackage before it is used or when an Add brings it (RFC 9420, section 10.1).
 * Throws `key_package_suite_mismatch`, `init_key_not_different`, `key_package_extension_not_in_capabilities`,
 * `key_package_signature_invalid`,
 * `invalid_public_key` and what `validateLeaf` throws.
 */
export async function validateKeyPackage(suite: CipherSuite, keyPackage: KeyPackage, rules: LeafRules): Promise<void> {
  const { leafNode: leaf, initKey } = keyPackage;
  if (keyPackage.cipherSuite !== suite.id) {
    throw new MlsError('key_package_suite_mismatch', 'A KeyPackage is for another cipher suite.');
  }
  if (equalBytes(initKey, leaf.encryptionKey)) {
    throw new MlsError('init_key_not_different', 'The init key is the encryption key of the leaf.');
  }
  const extensions = keyPackage.extensions.map(({ type }) => type);
  if (!supportsExtensions(leaf, extensions)) {
    throw new MlsError(
      'key_package_extension_not_in_capabilities',
      'A KeyPackage has an extension that the capabilities of its leaf lack.',
    );
  }
  const content = keyPackageToBeSigned(keyPackage);
  const [verified] = await Promise.all([
    verifyWithLabel(suite, leaf.signatureKey, 'KeyPackageTBS', content, keyPackage.signature),
    validateLeaf(suite, leaf, { source: 'key_package', groupId: noBytes, leafIndex: toLeafIndex(0) }, rules),
    suite.hpke.checkPublicKey(initKey),
    suite.hpke.checkPublicKey(leaf.encryptionKey),
  ]);
  if (!verified) {
    throw new MlsError('key_package_signature_invalid', 'The signature of a KeyPackage does not verify.');
  }
}
