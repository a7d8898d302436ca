import { type Bytes, noBytes } from '../../bytes.ts';
import type { CipherSuite, HpkeKeyPair, SignatureKeyPair } from '../../crypto/cipher-suite.ts';
import { signWithLabel } from '../../crypto/labels.ts';
import { toLeafIndex } from '../../indices.ts';
import { type KeyPackage, keyPackageToBeSigned } from '../../structures/key-package.ts';
import { type LeafNode, leafNodeToBeSigned, type UnsignedLeafNode } from '../../structures/leaf-node.ts';

/** A KeyPackage with what its owner keeps. */
export interface OwnKeyPackage {
  readonly keyPackage: KeyPackage;
  readonly initKey: HpkeKeyPair;
  readonly signer: SignatureKeyPair;
}

/** Makes a KeyPackage that keeps all rules. Two of one name have the same encryption keys. */
export async function ownKeyPackage(suite: CipherSuite, name: string): Promise<OwnKeyPackage> {
  const secret = (use: string): Bytes => suite.hash(new TextEncoder().encode(`${name} ${use}`));
  const [initKey, leafKey, signer] = await Promise.all([
    suite.hpke.deriveKeyPair(secret('init')),
    suite.hpke.deriveKeyPair(secret('leaf')),
    suite.signature.generateKeyPair(),
  ]);
  const leafNode = await signedLeaf(suite, signer, {
    encryptionKey: leafKey.publicKey,
    signatureKey: signer.publicKey,
    credential: { type: 'basic', identity: new TextEncoder().encode(name) },
    capabilities: { versions: [1], cipherSuites: [suite.id], extensions: [], proposals: [], credentials: [1] },
    source: { type: 'key_package', lifetime: { notBefore: 0n, notAfter: 0xffff_ffffn } },
    extensions: [],
  });
  const unsigned = { cipherSuite: suite.id, initKey: initKey.publicKey, leafNode, extensions: [] };
  const toBeSigned = keyPackageToBeSigned(unsigned);
  const signature = await signWithLabel(suite, signer.privateKey, 'KeyPackageTBS', toBeSigned);
  return { keyPackage: { ...unsigned, signature }, initKey, signer };
}

async function signedLeaf(suite: CipherSuite, signer: SignatureKeyPair, leaf: UnsignedLeafNode): Promise<LeafNode> {
  const toBeSigned = leafNodeToBeSigned(leaf, { groupId: noBytes, leafIndex: toLeafIndex(0) });
  return { ...leaf, signature: await signWithLabel(suite, signer.privateKey, 'LeafNodeTBS', toBeSigned) };
}
