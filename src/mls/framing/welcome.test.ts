import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, concat } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { pskSecret } from '../schedule/psk-secret.ts';
import type { PreSharedKeyId } from '../structures/pre-shared-key-id.ts';
import { signGroupInfo, verifyGroupInfo } from './group-info-signature.ts';
import { codeOf } from './testing/code-of.ts';
import { type OwnKeyPackage, ownKeyPackage } from './testing/key-package.ts';
import { groupInfoOf, type HostileWelcome, hostileWelcome, pskId, pskOf } from './testing/welcomed.ts';
import { openWelcome, sealWelcome } from './welcome.ts';

const noPsks = (): undefined => undefined;

describe.each([1, 0xf64a])('a Welcome of suite %d', (suiteId) => {
  it('opens for each of its joiners, each with its path secret, and for nobody else', async () => {
    const suite = await cipherSuite(suiteId);
    const names = ['bob', 'carol', 'dave'];
    const [inviter, ...joiners] = await Promise.all(['alice', ...names].map((name) => ownKeyPackage(suite, name)));
    if (inviter === undefined) throw new Error('There are four.');
    const groupInfo = await signGroupInfo(suite, groupInfoOf(suite, 5n), inviter.signer.privateKey);
    const psks = [pskId(suite, 'one'), pskId(suite, 'two')];
    const secretOfPsks = pskSecret(
      suite,
      psks.map((id) => ({ id, psk: pskOf(id) })),
    );
    const pathSecretOf = (place: number): Bytes | undefined =>
      place === 2 ? undefined : suite.hash(Uint8Array.of(place));
    const joinerSecret = suite.hash(Uint8Array.of(9));
    const welcome = await sealWelcome(suite, {
      groupInfo,
      joinerSecret,
      pskSecret: secretOfPsks,
      psks,
      joiners: joiners.map(({ keyPackage }, place) => ({ keyPackage, pathSecret: pathSecretOf(place) })),
    });
    for (const [place, { keyPackage, initKey }] of joiners.entries()) {
      const opened = await openWelcome(suite, { welcome, keyPackage, initKey, psks: pskOf });
      expect(opened.groupSecrets).toEqual({ joinerSecret, pathSecret: pathSecretOf(place), psks });
      expect(opened.groupInfo).toEqual(groupInfo);
      expect(opened.pskSecret).toEqual(secretOfPsks);
      expect(await verifyGroupInfo(suite, opened.groupInfo, inviter.signer.publicKey)).toBe(true);
      expect(await verifyGroupInfo(suite, opened.groupInfo, keyPackage.leafNode.signatureKey)).toBe(false);
    }
    const { keyPackage, initKey } = inviter;
    expect(await codeOf(() => openWelcome(suite, { welcome, keyPackage, initKey, psks: pskOf }))).toBe(
      'welcome_not_for_key_package',
    );
  });
});

describe('section 12.4.3.1: a Welcome', () => {
  let suite: CipherSuite;
  let alice: OwnKeyPackage;
  let bob: OwnKeyPackage;
  beforeAll(async () => {
    suite = await cipherSuite(1);
    [alice, bob] = await Promise.all([ownKeyPackage(suite, 'alice'), ownKeyPackage(suite, 'bob')]);
  });

  async function codeOfOpening(
    parts: Partial<HostileWelcome>,
    psks: (id: PreSharedKeyId) => Bytes | undefined = pskOf,
  ): Promise<string> {
    const { keyPackage, initKey } = bob;
    const welcome = await hostileWelcome(suite, { keyPackage, signatureKey: alice.signer.privateKey, ...parts });
    return codeOf(() => openWelcome(suite, { welcome, keyPackage, initKey, psks }));
  }

  it('that is made by hand as the rules say opens: what is refused below is refused for its one fault', async () => {
    expect(await codeOfOpening({})).toBe('accepted');
    expect(await codeOfOpening({ psks: [pskId(suite, 'one')] })).toBe('accepted');
  });

  it('is refused when it is of another cipher suite, or the KeyPackage is', async () => {
    const { keyPackage, initKey } = bob;
    const welcome = await hostileWelcome(suite, { keyPackage, signatureKey: alice.signer.privateKey });
    const open = { welcome, keyPackage, initKey, psks: noPsks };
    for (const other of [
      { ...open, welcome: { ...welcome, cipherSuite: 3 } },
      { ...open, keyPackage: { ...keyPackage, cipherSuite: 3 } },
    ]) {
      expect(await codeOf(() => openWelcome(suite, other))).toBe('welcome_cipher_suite_mismatch');
    }
    const groupInfo = await signGroupInfo(suite, groupInfoOf(suite), alice.signer.privateKey);
    const secret = suite.hash(Uint8Array.of(1));
    const joiners = [{ keyPackage: { ...keyPackage, cipherSuite: 3 }, pathSecret: undefined }];
    const seal = { groupInfo, joinerSecret: secret, pskSecret: secret, psks: [], joiners };
    expect(await codeOf(() => sealWelcome(suite, seal))).toBe('welcome_cipher_suite_mismatch');
  });

  it('is refused when its GroupInfo is of another cipher suite', async () => {
    const info = groupInfoOf(suite);
    const groupInfo = { ...info, groupContext: { ...info.groupContext, cipherSuite: 3 } };
    expect(await codeOfOpening({ groupInfo })).toBe('group_info_cipher_suite_mismatch');
  });

  it('is refused when the init key is not the one of the KeyPackage that it names', async () => {
    const { keyPackage } = bob;
    const welcome = await hostileWelcome(suite, { keyPackage, signatureKey: alice.signer.privateKey });
    const open = { welcome, keyPackage, initKey: alice.initKey, psks: noPsks };
    expect(await codeOf(() => openWelcome(suite, open))).toBe('decryption_failed');
  });

  it('is refused when its secrets came with the GroupInfo of another', async () => {
    const { keyPackage, initKey } = bob;
    const parts = { keyPackage, signatureKey: alice.signer.privateKey };
    const [one, other] = await Promise.all([
      hostileWelcome(suite, parts),
      hostileWelcome(suite, { ...parts, groupInfo: groupInfoOf(suite, 2n) }),
    ]);
    const welcome = { ...one, encryptedGroupInfo: other.encryptedGroupInfo };
    expect(await codeOf(() => openWelcome(suite, { welcome, keyPackage, initKey, psks: noPsks }))).toBe(
      'decryption_failed',
    );
  });

  it('is refused when a pre-shared key is missing, or is another', async () => {
    const psks = [pskId(suite, 'one'), pskId(suite, 'two')];
    const onlyOne = (id: PreSharedKeyId) => (id.nonce[0] === psks[0]?.nonce[0] ? pskOf(id) : undefined);
    expect(await codeOfOpening({ psks })).toBe('accepted');
    expect(await codeOfOpening({ psks }, onlyOne)).toBe('welcome_psk_missing');
    expect(await codeOfOpening({ psks }, noPsks)).toBe('welcome_psk_missing');
    expect(await codeOfOpening({ psks }, () => Uint8Array.of(1))).toBe('decryption_failed');
  });

  it.each([0, 31, 33])('is refused when the nonce of a pre-shared key has %d bytes', async (length) => {
    const psks = [pskId(suite, 'one'), { ...pskId(suite, 'two'), nonce: new Uint8Array(length) }];
    expect(await codeOfOpening({ psks })).toBe('welcome_psk_nonce');
  });

  it('is refused when two of its pre-shared keys are for a reinitialization or a branch', async () => {
    const resumption = (usage: 'application' | 'reinit' | 'branch', epoch: bigint): PreSharedKeyId => ({
      type: 'resumption',
      usage,
      groupId: Uint8Array.of(5),
      epoch,
      nonce: suite.hash(Uint8Array.of(Number(epoch))),
    });
    expect(await codeOfOpening({ psks: [resumption('reinit', 1n), resumption('application', 2n)] })).toBe('accepted');
    expect(await codeOfOpening({ psks: [resumption('application', 1n), resumption('application', 2n)] })).toBe(
      'accepted',
    );
    for (const [one, other] of [
      ['reinit', 'reinit'],
      ['reinit', 'branch'],
      ['branch', 'branch'],
    ] as const) {
      const psks = [resumption(one, 1n), resumption(other, 2n)];
      expect(await codeOfOpening({ psks })).toBe('resumption_psk_not_alone');
    }
    for (const usage of ['reinit', 'branch'] as const) {
      const psks = [resumption(usage, 1n)];
      expect(await codeOfOpening({ psks, groupInfo: groupInfoOf(suite, 2n) })).toBe('resumption_epoch_not_one');
      expect(await codeOfOpening({ psks, groupInfo: groupInfoOf(suite, 0n) })).toBe('resumption_epoch_not_one');
    }
    expect(await codeOfOpening({ psks: [resumption('application', 1n)], groupInfo: groupInfoOf(suite, 2n) })).toBe(
      'accepted',
    );
  });

  it('is refused when what it encrypts is cut or goes on', async () => {
    const cut = (encoded: Bytes) => encoded.slice(0, -1);
    const longer = (encoded: Bytes) => concat(encoded, Uint8Array.of(0));
    expect(await codeOfOpening({ groupInfoBytes: cut })).toBe('truncated');
    expect(await codeOfOpening({ groupInfoBytes: longer })).toBe('trailing_bytes');
    expect(await codeOfOpening({ secretsBytes: cut })).toBe('truncated');
    expect(await codeOfOpening({ secretsBytes: longer })).toBe('trailing_bytes');
  });
});

describe('section 12.4.3: the signature of a GroupInfo', () => {
  it('covers every field', async () => {
    const suite = await cipherSuite(1);
    const { privateKey, publicKey } = await suite.signature.generateKeyPair();
    const info = await signGroupInfo(suite, groupInfoOf(suite), privateKey);
    const other = await signGroupInfo(suite, groupInfoOf(suite, 2n), privateKey);
    expect(await verifyGroupInfo(suite, info, publicKey)).toBe(true);
    for (const changed of [
      { groupContext: other.groupContext },
      { extensions: [] },
      { confirmationTag: suite.hash(Uint8Array.of(77)) },
      { signer: other.signer + 1 },
      { signature: other.signature },
    ]) {
      const altered = Object.assign({}, info, changed);
      expect(await verifyGroupInfo(suite, altered, publicKey), Object.keys(changed)[0]).toBe(false);
    }
  });
});
