import { beforeAll, expect, describe as suite, test } from 'vitest';
import { signWithLabel } from '../../mls/crypto/labels.ts';
import { createCommit } from '../../mls/group/create-commit.ts';
import { createKeyPackage, type LeafIdentity } from '../../mls/group/own-key-package.ts';
import { keyPackageToBeSigned } from '../../mls/structures/key-package.ts';
import type { LeafNode } from '../../mls/structures/leaf-node.ts';
import type { Proposal } from '../../mls/structures/proposal.ts';
import { hostileCommit, ownLeafOf } from '../../mls/testing/hostile-member.ts';
import type { TestMember } from '../../mls/testing/test-member.ts';
import { weakKeys } from '../../protocol/crypto/testing/weak-ed25519.ts';
import { type CredentialClaims, certificateKey, signCredential } from '../credential/credential.ts';
import { groupIdentity } from '../credential/key-package.ts';
import { credentialOf } from '../credential/members.ts';
import { groupCapabilities, groupSuite } from '../profile/suite.ts';
import { day, type GroupAgent, GroupWorld, now, random, signingPair } from '../testing/group-world.ts';
import { add, Judge, keyPackageOf, remove, staged, threeMembers } from '../testing/judged-group.ts';
import { updatedWith } from '../testing/updated-with.ts';
import { certificatesNeeded } from './needed.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

let world: GroupWorld;
let judge: Judge;
let dora: GroupAgent;
let bertAgent: GroupAgent;
let anna: TestMember;
let bert: TestMember;
let carl: TestMember;

beforeAll(async () => {
  world = await GroupWorld.create();
  judge = new Judge(world);
  ({ anna, bert, carl } = await threeMembers(world));
  [dora, bertAgent] = await Promise.all([world.agent('dora'), world.agent('bert')]);
});

/** What an honest leaf of Dora stands for. */
async function identityOfDora(change?: Partial<CredentialClaims>): Promise<LeafIdentity> {
  const { signature } = await groupSuite();
  return groupIdentity(dora.claims(change), await signature.generateKeyPair(), dora.sign);
}

/** Returns the code by which Bert finds that Anna adds a leaf with this identity. */
async function codeOfAdd(identity: LeafIdentity): Promise<string> {
  const own = await createKeyPackage(await groupSuite(), identity, random);
  return judge.forged(bert, anna, { proposals: [add(own)] });
}

suite('every new leaf (groups page, section 2)', () => {
  test('has a credential that is valid', async () => {
    const honest = await identityOfDora();
    expect(await codeOfAdd(honest)).toBe('valid');
    const withIdentity = (bytes: Uint8Array<ArrayBuffer>) =>
      codeOfAdd({ ...honest, credential: { type: 'basic', identity: bytes } });
    expect(await withIdentity(utf8('dora'))).toBe('credential_malformed');
    expect(await withIdentity(random(1_025))).toBe('credential_too_long');
    const { identity } = await ordinary(dora);
    const text = new TextDecoder().decode(identity);
    expect(await withIdentity(utf8(`${text} `))).toBe('credential_malformed');
    expect(await withIdentity(utf8(JSON.stringify(JSON.parse(text), null, 1)))).toBe('credential_malformed');
    expect(await withIdentity(identity)).toBe('credential_signature_invalid');
    const notBasic = { type: 'x509', certificates: [dora.certificate] } as const;
    expect(await codeOfAdd({ ...honest, credential: notBasic })).toBe('credential_type_not_in_capabilities');
  });

  test('names a certificate that everybody can fetch, or waits for it', async () => {
    const { signature } = await groupSuite();
    const pair = await signature.generateKeyPair();
    const claims = dora.claims({ certificate: random(32) });
    const identity = await groupIdentity(claims, pair, dora.sign);
    const own = await createKeyPackage(await groupSuite(), identity, random);
    const message = await hostileCommit(anna.state, { proposals: [add(own)] });
    const verdict = await judge.verdict(bert, message);
    expect(verdict).toEqual({ needs: 'certificates', missing: [certificateKey(claims)] });
    expect(certificatesNeeded(await staged(bert, message))).toContain(certificateKey(claims));
    const certificates = new Map([...world.certificates, [certificateKey(claims), 'unknown'] as const]);
    expect(await judge.code(bert, message, { certificates })).toBe('certificate_unknown');
    const wrong = new Map([...world.certificates, [certificateKey(claims), dora.certificate] as const]);
    expect(await judge.code(bert, message, { certificates: wrong })).toBe('certificate_hash_mismatch');
    expect(await judge.code(bert, message, { certificates: new Map() })).toBe('needs certificates');
  });

  test('is vouched for by a Controller that was pinned', async () => {
    const elsewhere = await GroupWorld.create();
    const stranger = await elsewhere.agent('dora');
    const own = await keyPackageOf(stranger);
    const certificates = new Map([...world.certificates, ...elsewhere.certificates]);
    const message = await hostileCommit(anna.state, { proposals: [add(own)] });
    expect(await judge.code(bert, message, { certificates })).toBe('certificate_not_accepted');
    const authorities = [world.authority.certificate, elsewhere.authority.certificate];
    expect(await judge.code(bert, message, { certificates, authorities })).toBe('valid');
  });

  test('has an agent_id, a signature key and an encryption key of its own', async () => {
    const carlAgain = add(await keyPackageOf(await world.agent('carl')));
    expect(await judge.forged(bert, anna, { proposals: [carlAgain] })).toBe('agent_twice');
    const twice = [add(await keyPackageOf(dora)), add(await keyPackageOf(dora))];
    expect(await judge.forged(bert, anna, { proposals: twice })).toBe('agent_twice');
    const own = await keyPackageOf(dora);
    expect(['signature_key_not_unique', 'encryption_key_not_unique']).toContain(
      await judge.forged(bert, anna, { proposals: [add(own), add(own)] }),
    );
    expect(await addWithLeaf({ ...own.keyPackage.leafNode, encryptionKey: ownLeafOf(carl.state).encryptionKey })).toBe(
      'leaf_signature_invalid',
    );
  });

  test('cannot be the copy of a member’s, or have its keys', async () => {
    const signature = { publicKey: ownLeafOf(carl.state).signatureKey, privateKey: carl.state.signatureKey };
    expect(await codeOfAdd(await groupIdentity(dora.claims(), signature, dora.sign))).toBe('signature_key_not_unique');
    expect(await addWithLeaf(ownLeafOf(carl.state))).not.toBe('valid');
  });

  test('has no weak key', async () => {
    const { signature } = await groupSuite();
    const { privateKey } = await signature.generateKeyPair();
    for (const [name, publicKey] of weakKeys.filter(([, key]) => key.length === 32)) {
      const identity = await groupIdentity(dora.claims(), { publicKey, privateKey }, dora.sign);
      expect(await codeOfAdd(identity), name).toBe('leaf_signature_invalid');
    }
  });

  test('has the capabilities of the profile exactly, and no extensions', async () => {
    const honest = await identityOfDora();
    for (const change of [
      { versions: [1, 2] },
      { cipherSuites: [0xf64a, 1] },
      { cipherSuites: [1, 0xf64a] },
      { extensions: [0xf002, 0xf003] },
      { extensions: [0xf002, 0xf002] },
      { proposals: [0xf000] },
      { credentials: [1, 2] },
    ]) {
      const code = await codeOfAdd({ ...honest, capabilities: { ...groupCapabilities, ...change } });
      expect(code, JSON.stringify(change)).toBe('capabilities_not_exact');
    }
    const extensions = [{ type: 1, data: utf8('app') }];
    expect(await codeOfAdd({ ...honest, extensions })).toBe('leaf_extension_not_allowed');
  });

  test('comes by a KeyPackage without extensions, whose lifetime is the credential’s', async () => {
    const suite = await groupSuite();
    const identity = await identityOfDora();
    const own = await createKeyPackage(suite, identity, random);
    const unsigned = { ...own.keyPackage, extensions: [{ type: 1, data: utf8('app') }] };
    const covered = keyPackageToBeSigned(unsigned);
    const signature = await signWithLabel(suite, identity.signature.privateKey, 'KeyPackageTBS', covered);
    const proposals: Proposal[] = [{ type: 'add', keyPackage: { ...unsigned, signature } }];
    expect(await judge.forged(bert, anna, { proposals })).toBe('leaf_extension_not_allowed');
    for (const lifetime of [
      { notBefore: BigInt(now), notAfter: BigInt(now + 31 * day) },
      { notBefore: BigInt(now - 1), notAfter: BigInt(now + 30 * day) },
    ]) {
      expect(await codeOfAdd({ ...identity, lifetime })).toBe('key_package_lifetime');
    }
  });
});

/** Returns the credential of an ordinary KeyPackage, which is for that one's key. */
async function ordinary(agent: GroupAgent) {
  const { credential } = (await keyPackageOf(agent)).keyPackage.leafNode;
  if (credential.type !== 'basic') throw new Error('The credential is not basic.');
  return credential;
}

/** Returns the code by which Bert finds that Anna adds a KeyPackage of Dora with another leaf in it. */
async function addWithLeaf(leafNode: LeafNode): Promise<string> {
  const suite = await groupSuite();
  const identity = await identityOfDora();
  const { keyPackage } = await createKeyPackage(suite, identity, random);
  const unsigned = { ...keyPackage, leafNode };
  const covered = keyPackageToBeSigned(unsigned);
  const signature = await signWithLabel(suite, identity.signature.privateKey, 'KeyPackageTBS', covered);
  return judge.forged(bert, anna, { proposals: [{ type: 'add', keyPackage: { ...unsigned, signature } }] });
}

suite('the leaf of a path (groups page, section 2)', () => {
  test('may have a new key, credential and certificate of the same agent and RSA key', async () => {
    expect(await judge.code(anna, (await updatedWith(bert, bertAgent, { notBefore: now + day })).message)).toBe(
      'valid',
    );
    const renewed = await world.certify('bert', bertAgent.pair);
    expect(await judge.code(anna, (await updatedWith(bert, renewed)).message)).toBe('valid');
  });

  test('names no other agent', async () => {
    const { message } = await updatedWith(bert, dora);
    expect(await judge.code(anna, message)).toBe('agent_changed');
    expect(await judge.code(anna, (await updatedWith(bert, await world.agent('carl'))).message)).toBe('agent_changed');
    const inHisName = { ...dora, claims: () => bertAgent.claims() };
    expect(await judge.code(anna, (await updatedWith(bert, inHisName)).message)).toBe('credential_signature_invalid');
  });

  test('is vouched for by no other RSA key', async () => {
    const other = await world.certify('bert', await signingPair());
    const { message } = await updatedWith(bert, other);
    expect(await judge.code(anna, message)).toBe('signing_key_changed');
    const certificates = new Map(world.certificates);
    certificates.set(certificateKey(bertAgent.claims()), 'unknown');
    expect(await judge.code(anna, message, { certificates })).toBe('signing_key_changed');
  });

  test('has no credential of another member, or for another key', async () => {
    const leaf = { credential: ownLeafOf(carl.state).credential };
    expect(await judge.forged(anna, bert, { leaf })).toBe('agent_changed');
    const own = { credential: await ordinary(bertAgent) };
    expect(await judge.forged(anna, bert, { leaf: own })).toBe('credential_signature_invalid');
    const { signature } = await groupSuite();
    const { publicKey } = await signature.generateKeyPair();
    const identity = await signCredential(bertAgent.claims(), publicKey, bertAgent.sign);
    expect(await judge.forged(anna, bert, { leaf: { credential: { type: 'basic', identity } } })).toBe(
      'credential_signature_invalid',
    );
  });

  test('keeps to the profile', async () => {
    const capabilities = { ...groupCapabilities, proposals: [0xf000] };
    expect(await judge.forged(anna, bert, { leaf: { capabilities } })).toBe('capabilities_not_exact');
    const extensions = [{ type: 1, data: utf8('app') }];
    expect(await judge.forged(anna, bert, { leaf: { extensions } })).toBe('leaf_extension_not_allowed');
    const identity = utf8('bert');
    expect(await judge.forged(anna, bert, { leaf: { credential: { type: 'basic', identity } } })).toBe(
      'credential_malformed',
    );
  });

  test('is the same to whoever is removed by the commit', async () => {
    const message = await hostileCommit(anna.state, { proposals: [remove(2)] });
    expect(await judge.code(carl, message)).toBe('valid');
    expect(await judge.code(bert, message)).toBe('valid');
  });
});

suite('what is no commit of a member at all', () => {
  test('is refused before a rule is looked at', async () => {
    const { message } = await createCommit(bert.state, { proposals: [], random });
    const garbage = message.slice();
    garbage[garbage.length - 1] = (garbage.at(-1) ?? 0) ^ 1;
    expect(await judge.code(anna, garbage)).toBe('decryption_failed');
    const stolen = { state: { ...bert.state, signatureKey: carl.state.signatureKey } };
    expect(await judge.forged(anna, stolen, {})).toBe('invalid_content_signature');
  });
});

test('the credential of a leaf is read once', () => {
  const leaf = ownLeafOf(anna.state);
  expect(credentialOf(leaf)).toBe(credentialOf(leaf));
});
