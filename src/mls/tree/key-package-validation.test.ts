import { expect, it } from 'vitest';
import { type Bytes, noBytes } from '../bytes.ts';
import { signWithLabel } from '../crypto/labels.ts';
import { cipherSuite } from '../crypto/suites.ts';
import type { MlsErrorCode } from '../errors.ts';
import { toLeafIndex } from '../indices.ts';
import { type KeyPackage, keyPackageToBeSigned, type UnsignedKeyPackage } from '../structures/key-package.ts';
import type { UnsignedLeafNode } from '../structures/leaf-node.ts';
import { validateKeyPackage } from './key-package-validation.ts';
import { rulesOf } from './leaf-validation.ts';
import { random, signLeaf, unsignedLeaf } from './testing/tree-group.ts';

const suite = await cipherSuite(1);
const key = await suite.signature.generateKeyPair();
const place = { groupId: noBytes, leafIndex: toLeafIndex(0) };
const rules = rulesOf({ cipherSuite: 1, extensions: [] });

async function freshKey(): Promise<Bytes> {
  return (await suite.hpke.deriveKeyPair(random(32))).publicKey;
}

async function signed(
  changes: Partial<UnsignedKeyPackage>,
  leafChanges: Partial<UnsignedLeafNode> = {},
): Promise<KeyPackage> {
  const source = { type: 'key_package', lifetime: { notBefore: 0n, notAfter: 1n } } as const;
  const unsigned = { ...unsignedLeaf(suite, key.publicKey, await freshKey(), source), ...leafChanges };
  const leafNode = await signLeaf(suite, unsigned, key, place);
  const keyPackage = { cipherSuite: 1, initKey: await freshKey(), leafNode, extensions: [], ...changes };
  const content = keyPackageToBeSigned(keyPackage);
  return { ...keyPackage, signature: await signWithLabel(suite, key.privateKey, 'KeyPackageTBS', content) };
}

it('takes a KeyPackage', async () => {
  await validateKeyPackage(suite, await signed({ extensions: [{ type: 1, data: noBytes }] }), rules);
});

const shared = await freshKey();

it.each<[string, MlsErrorCode, Partial<UnsignedKeyPackage>, Partial<UnsignedLeafNode>]>([
  ['is for another suite', 'key_package_suite_mismatch', { cipherSuite: 2 }, {}],
  ['has one key twice', 'init_key_not_different', { initKey: shared }, { encryptionKey: shared }],
  [
    'has an extension that its leaf does not list',
    'key_package_extension_not_in_capabilities',
    { extensions: [{ type: 0xf009, data: noBytes }] },
    {},
  ],
  ['has an init key that is none', 'invalid_public_key', { initKey: random(31) }, {}],
  ['has an encryption key that is none', 'invalid_public_key', {}, { encryptionKey: random(31) }],
  ['has a leaf of another source', 'key_package_leaf_source', {}, { source: { type: 'update' } }],
])('refuses a KeyPackage that %s: %s', async (_, code, changes, leafChanges) => {
  await expect(validateKeyPackage(suite, await signed(changes, leafChanges), rules)).rejects.toMatchObject({ code });
});

it('refuses a KeyPackage that was changed after it was signed', async () => {
  const changed = { ...(await signed({})), initKey: await freshKey() };
  const refused = { code: 'key_package_signature_invalid' };
  await expect(validateKeyPackage(suite, changed, rules)).rejects.toMatchObject(refused);
});

it('refuses a KeyPackage whose leaf was changed before it was signed', async () => {
  const { leafNode } = await signed({});
  const changed = await signed({ leafNode: { ...leafNode, encryptionKey: await freshKey() } });
  await expect(validateKeyPackage(suite, changed, rules)).rejects.toMatchObject({ code: 'leaf_signature_invalid' });
});
