import { beforeAll, describe, expect, it } from 'vitest';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { signWithLabel } from '../crypto/labels.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import { encodeRequiredCapabilities, extensionTypes } from '../structures/extension.ts';
import { type KeyPackage, keyPackageToBeSigned, type UnsignedKeyPackage } from '../structures/key-package.ts';
import type { UnsignedLeafNode } from '../structures/leaf-node.ts';
import { codeOf } from '../testing/code-of.ts';
import { groupOf } from '../testing/group-of.ts';
import { hostileCommit, ownLeafOf, signLeaf } from '../testing/hostile-member.ts';
import { refusal } from '../testing/reception.ts';
import { identityOf, random, TestMember } from '../testing/test-member.ts';
import { createCommit } from './create-commit.ts';
import { createKeyPackage, type LeafIdentity } from './own-key-package.ts';

const required = encodeRequiredCapabilities({ extensionTypes: [0xf002], proposalTypes: [], credentialTypes: [1] });

let suite: CipherSuite;
let reader: TestMember;
let mallory: TestMember;
let identity: LeafIdentity;
let good: KeyPackage;

beforeAll(async () => {
  suite = await cipherSuite(1);
  const extensions = [{ type: extensionTypes.required_capabilities, data: required }];
  [reader, mallory] = await groupOf(suite, 3, extensions);
  identity = await identityOf(suite, 'new');
  good = (await createKeyPackage(suite, identity, random)).keyPackage;
});

/** Returns the good KeyPackage with changes, signed again by its owner or with another key. */
async function keyPackageWith(
  leaf: Partial<UnsignedLeafNode>,
  change: Partial<UnsignedKeyPackage> = {},
  signatureKey = identity.signature.privateKey,
): Promise<KeyPackage> {
  const place = { groupId: random(0), leafIndex: toLeafIndex(0) };
  const leafNode = await signLeaf({ suite, signatureKey }, { ...good.leafNode, ...leaf }, place);
  const unsigned = { ...good, leafNode, ...change };
  const signature = await signWithLabel(suite, signatureKey, 'KeyPackageTBS', keyPackageToBeSigned(unsigned));
  return { ...unsigned, signature };
}

/** Returns what a receiver of the Add says, and what a committer says that is to make it. */
async function refusals(keyPackage: KeyPackage): Promise<readonly [string, string]> {
  const proposals = [{ type: 'add', keyPackage }] as const;
  const received = await refusal(reader.state, await hostileCommit(mallory.state, { proposals }));
  return [received, await codeOf(() => createCommit(reader.state, { proposals, random }))];
}

describe('an Add', () => {
  it('takes a KeyPackage with values and extensions that nobody knows', async () => {
    const { capabilities } = good.leafNode;
    const greased = {
      versions: [0x0a0a, ...capabilities.versions],
      cipherSuites: [0x1a1a, ...capabilities.cipherSuites],
      extensions: [0x2a2a, ...capabilities.extensions],
      proposals: [0x3a3a],
      credentials: [0x4a4a, ...capabilities.credentials],
    };
    const extensions = [{ type: 0x2a2a, data: random(7) }];
    const keyPackage = await keyPackageWith({ capabilities: greased, extensions }, { extensions });
    expect(await refusals(keyPackage)).toEqual(['accepted', 'accepted']);
  });

  it('is refused with a KeyPackage that is not valid, sent or made', async () => {
    const { capabilities, encryptionKey } = good.leafNode;
    const extensions = [{ type: 0xf0f0, data: random(1) }];
    const lacking = (lack: Partial<typeof capabilities>) =>
      keyPackageWith({ capabilities: { ...capabilities, ...lack } });
    const x509 = { type: 'x509', certificates: [random(4)] } as const;
    const cases: Readonly<Record<string, Promise<KeyPackage> | KeyPackage>> = {
      key_package_suite_mismatch: keyPackageWith({}, { cipherSuite: 2 }),
      key_package_signature_invalid: { ...good, signature: random(64) },
      leaf_signature_invalid: keyPackageWith({}, { leafNode: { ...good.leafNode, signature: random(64) } }),
      key_package_leaf_source: keyPackageWith({ source: { type: 'update' } }),
      init_key_not_different: keyPackageWith({}, { initKey: encryptionKey }),
      key_package_extension_not_in_capabilities: keyPackageWith({}, { extensions }),
      leaf_extension_not_in_capabilities: keyPackageWith({ extensions }),
      version_not_in_capabilities: lacking({ versions: [2] }),
      cipher_suite_not_in_capabilities: lacking({ cipherSuites: [2] }),
      required_extension_not_supported: lacking({ extensions: [] }),
      credential_type_not_in_capabilities: lacking({ credentials: [2] }),
      required_credential_not_supported: keyPackageWith({
        credential: x509,
        capabilities: { ...capabilities, credentials: [2] },
      }),
      credential_type_not_supported: keyPackageWith({
        credential: x509,
        capabilities: { ...capabilities, credentials: [1, 2] },
      }),
      signature_key_not_unique: keyPackageWith(
        { signatureKey: ownLeafOf(reader.state).signatureKey },
        {},
        reader.state.signatureKey,
      ),
      encryption_key_not_unique: keyPackageWith({ encryptionKey: ownLeafOf(reader.state).encryptionKey }),
    };
    const codes: (readonly [string, string])[] = [];
    for (const keyPackage of Object.values(cases)) codes.push(await refusals(await keyPackage));
    expect(codes).toEqual(Object.keys(cases).map((code) => [code, code]));
  });

  it('is refused with an init key that is no key of the KEM', async () => {
    for (const initKey of [random(31), new Uint8Array(32)]) {
      const [received] = await refusals(await keyPackageWith({}, { initKey }));
      expect(received).toBe('invalid_public_key');
    }
  });

  it('is not made with a KeyPackage whose time is not now, when the committer says what now is', async () => {
    const source = { type: 'key_package', lifetime: { notBefore: 1_000n, notAfter: 2_000n } } as const;
    const proposals = [{ type: 'add', keyPackage: await keyPackageWith({ source }) }] as const;
    const codes: string[] = [];
    for (const [now, longest] of [
      [999n, 1_000n],
      [2_001n, 1_000n],
      [1_500n, 999n],
      [1_500n, 1_000n],
    ] as const) {
      codes.push(await codeOf(() => createCommit(reader.state, { proposals, lifetime: { now, longest }, random })));
    }
    expect(codes).toEqual(['lifetime_not_current', 'lifetime_not_current', 'lifetime_too_long', 'accepted']);
  });

  it('goes into no group of one whose extensions its creator does not support', async () => {
    const extensions = [{ type: 0xf0f0, data: random(1) }];
    expect(await codeOf(() => TestMember.create(suite, 'creator', extensions))).toBe('group_extension_not_supported');
  });
});
