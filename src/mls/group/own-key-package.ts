import { type Bytes, noBytes } from '../bytes.ts';
import type { CipherSuite, RandomBytes, SignatureKeyPair } from '../crypto/cipher-suite.ts';
import { signWithLabel } from '../crypto/labels.ts';
import { toLeafIndex } from '../indices.ts';
import type { Capabilities } from '../structures/capabilities.ts';
import type { Credential } from '../structures/credential.ts';
import type { Extension } from '../structures/extension.ts';
import { type KeyPackage, keyPackageToBeSigned } from '../structures/key-package.ts';
import { type LeafNode, type Lifetime, leafNodeToBeSigned } from '../structures/leaf-node.ts';

/** Who a new leaf stands for. */
export interface LeafIdentity {
  readonly signature: SignatureKeyPair;
  readonly credential: Credential;
  readonly capabilities: Capabilities;
  readonly lifetime: Lifetime;
  readonly extensions?: readonly Extension[];
}

/** What stays with the client that made a KeyPackage: `initSecret` and `leafSecret` are what its HPKE keys derive from. */
export interface KeyPackageSecrets {
  readonly initSecret: Bytes;
  readonly leafSecret: Bytes;
  readonly signatureKey: CryptoKey;
}

/** Makes a leaf as it stands in a KeyPackage, with the secret of its encryption key: `hashLength` bytes. */
export async function createLeaf(
  suite: CipherSuite,
  identity: LeafIdentity,
  random: RandomBytes,
): Promise<{ readonly leafNode: LeafNode; readonly leafSecret: Bytes }> {
  const leafSecret = random(suite.hashLength);
  const unsigned = {
    encryptionKey: (await suite.hpke.deriveKeyPair(leafSecret)).publicKey,
    signatureKey: identity.signature.publicKey,
    credential: identity.credential,
    capabilities: identity.capabilities,
    source: { type: 'key_package', lifetime: identity.lifetime },
    extensions: identity.extensions ?? [],
  } as const;
  const place = { groupId: noBytes, leafIndex: toLeafIndex(0) };
  const toBeSigned = leafNodeToBeSigned(unsigned, place);
  const signature = await signWithLabel(suite, identity.signature.privateKey, 'LeafNodeTBS', toBeSigned);
  return { leafNode: { ...unsigned, signature }, leafSecret };
}

/**
 * Makes a KeyPackage and what its owner keeps (RFC 9420, section 10). Checks nothing: `validateKeyPackage` tells
 * whether a group would refuse it, as it does when the capabilities lack the suite.
 */
export async function createKeyPackage(
  suite: CipherSuite,
  identity: LeafIdentity,
  random: RandomBytes,
): Promise<{ readonly keyPackage: KeyPackage; readonly secrets: KeyPackageSecrets }> {
  const initSecret = random(suite.hashLength);
  const [{ leafNode, leafSecret }, init] = await Promise.all([
    createLeaf(suite, identity, random),
    suite.hpke.deriveKeyPair(initSecret),
  ]);
  const unsigned = { cipherSuite: suite.id, initKey: init.publicKey, leafNode, extensions: [] };
  const toBeSigned = keyPackageToBeSigned(unsigned);
  const signature = await signWithLabel(suite, identity.signature.privateKey, 'KeyPackageTBS', toBeSigned);
  return {
    keyPackage: { ...unsigned, signature },
    secrets: { initSecret, leafSecret, signatureKey: identity.signature.privateKey },
  };
}
