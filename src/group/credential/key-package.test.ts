import { beforeAll, describe, expect, test } from 'vitest';
import { cipherSuite } from '../../mls/crypto/suites.ts';
import { createKeyPackage, type LeafIdentity } from '../../mls/group/own-key-package.ts';
import { createApplicationMessage } from '../../mls/group/send-message.ts';
import type { KeyPackage } from '../../mls/structures/key-package.ts';
import { encodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { codeOf } from '../../mls/testing/code-of.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { groupCapabilities, groupSuite } from '../profile/suite.ts';
import { day, type GroupAgent, GroupWorld, groupCodeOf, now, random } from '../testing/group-world.ts';
import { keyPackageOf, membersOfGroup } from '../testing/judged-group.ts';
import {
  checkGroupKeyPackage,
  groupIdentity,
  type KeyPackageEvidence,
  keyPackageMessage,
  longestKeyPackage,
  readGroupKeyPackage,
} from './key-package.ts';

let world: GroupWorld;
let anna: GroupAgent;
let evidence: KeyPackageEvidence;

beforeAll(async () => {
  world = await GroupWorld.create();
  anna = await world.agent('anna');
  evidence = { agentId: 'anna', certificate: anna.certificate, authorities: world.evidence.authorities, now };
});

const encoded = (keyPackage: KeyPackage): Bytes => encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage });
const readCode = (bytes: Bytes) => groupCodeOf(() => readGroupKeyPackage(bytes));
const checkCode = (bytes: Bytes, change: Partial<KeyPackageEvidence> = {}) =>
  groupCodeOf(() => checkGroupKeyPackage(readGroupKeyPackage(bytes), { ...evidence, ...change }));

async function identity(change: Partial<LeafIdentity> = {}): Promise<LeafIdentity> {
  const { signature } = await groupSuite();
  return { ...(await groupIdentity(anna.claims(), await signature.generateKeyPair(), anna.sign)), ...change };
}

async function bytesOf(change: Partial<LeafIdentity>): Promise<Bytes> {
  return encoded((await createKeyPackage(await groupSuite(), await identity(change), random)).keyPackage);
}

describe('a KeyPackage (groups page, sections 2 to 4)', () => {
  test('is read and checked as it was made', async () => {
    const own = await keyPackageOf(anna);
    expect(own.bytes).toEqual(encoded(own.keyPackage));
    expect(own.bytes.length).toBeLessThan(longestKeyPackage);
    const read = readGroupKeyPackage(own.bytes);
    expect(read.credential).toMatchObject({ agentId: 'anna', notBefore: now });
    expect(await checkGroupKeyPackage(read, evidence)).toMatchObject({ agentId: 'anna', serial: anna.serial });
    expect(own.secrets.signatureKey.extractable).toBe(false);
  });

  test('of another program is taken in without the head of an MLSMessage, too', async () => {
    const { bytes, keyPackage } = await keyPackageOf(anna);
    const bare = bytes.slice(4);
    expect(toHex(bare.slice(0, 4))).toBe('0001f64a');
    const read = readGroupKeyPackage(bare);
    expect(read.keyPackage).toEqual(keyPackage);
    expect(await checkGroupKeyPackage(read, evidence)).toMatchObject({ agentId: 'anna', serial: anna.serial });
    expect(keyPackageMessage(bare)).toEqual(bytes);
    expect(keyPackageMessage(bytes)).toEqual(bytes);
    const longer = new Uint8Array(longestKeyPackage + 1);
    longer.set(bare);
    expect(await readCode(longer)).toBe('key_package_too_long');
    for (const other of [longer.slice(0, longestKeyPackage), bare.slice(0, -1), bare.slice(0, 4), bare.slice(2)]) {
      expect(await readCode(other)).toBe('key_package_malformed');
    }
    const changed = Uint8Array.from(bare);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await expect(checkGroupKeyPackage(readGroupKeyPackage(changed), evidence)).rejects.toThrow('signature');
  });

  test('is an MLSMessage of at most 8 KiB', async () => {
    const { bytes } = await keyPackageOf(anna);
    const longer = new Uint8Array(longestKeyPackage + 1);
    longer.set(bytes);
    expect(await readCode(longer)).toBe('key_package_too_long');
    const [alone] = await membersOfGroup([anna]);
    if (alone === undefined) throw new Error('The group is empty.');
    const { message } = await createApplicationMessage(alone.state, random(1), { random });
    for (const other of [message, longer.slice(0, longestKeyPackage), bytes.slice(0, -1), new Uint8Array(0)]) {
      expect(await readCode(other)).toBe('key_package_malformed');
    }
  });

  test('is of the profile', async () => {
    expect(await readCode(await bytesOf({ capabilities: { ...groupCapabilities, proposals: [0xf000] } }))).toBe(
      'capabilities_not_exact',
    );
    expect(await readCode(await bytesOf({ extensions: [{ type: 1, data: random(1) }] }))).toBe(
      'leaf_extension_not_allowed',
    );
    const x509 = { type: 'x509', certificates: [anna.certificate] } as const;
    expect(await readCode(await bytesOf({ credential: x509 }))).toBe('credential_not_basic');
    const { keyPackage } = await keyPackageOf(anna);
    expect(await readCode(encoded({ ...keyPackage, extensions: [{ type: 1, data: random(1) }] }))).toBe(
      'leaf_extension_not_allowed',
    );
    const classic = await createKeyPackage(await cipherSuite(1), await identity(), random);
    expect(await readCode(encoded(classic.keyPackage))).toBe('cipher_suite_not_allowed');
  });

  test('is of the agent that was asked for', async () => {
    const { bytes } = await keyPackageOf(anna);
    expect(await checkCode(bytes, { agentId: 'bert' })).toBe('key_package_of_another_agent');
    const bert = await world.agent('bert');
    const inHerName = await keyPackageOf({ ...bert, claims: (change) => anna.claims(change) });
    expect(await checkCode(inHerName.bytes)).toBe('credential_signature_invalid');
  });

  test('is for what it was made for', async () => {
    const rejoins = 'ab'.repeat(16);
    const [ordinary, back] = [await keyPackageOf(anna), await keyPackageOf(anna, { rejoins })];
    expect(await checkCode(ordinary.bytes, { rejoins })).toBe('credential_purpose');
    expect(await checkCode(back.bytes)).toBe('credential_purpose');
    expect(await checkCode(back.bytes, { rejoins: 'cd'.repeat(16) })).toBe('credential_purpose');
    expect(await checkCode(back.bytes, { rejoins })).toBe('accepted');
  });

  test('has the lifetime of its credential', async () => {
    const other = await bytesOf({ lifetime: { notBefore: BigInt(now), notAfter: BigInt(now + 29 * day) } });
    expect(await checkCode(other)).toBe('key_package_lifetime');
  });

  test('has a day left, and has begun', async () => {
    const { bytes } = await keyPackageOf(anna);
    const end = now + 30 * day;
    expect(await checkCode(bytes, { now: end - day })).toBe('accepted');
    expect(await checkCode(bytes, { now: end - day + 1 })).toBe('key_package_not_current');
    expect(await checkCode(bytes, { now: now - 1 })).toBe('key_package_not_current');
    const { now: _, ...stored } = evidence;
    expect(await groupCodeOf(() => checkGroupKeyPackage(readGroupKeyPackage(bytes), stored))).toBe('accepted');
  });

  test('verifies as MLS asks', async () => {
    const { keyPackage } = await keyPackageOf(anna);
    const changed = { ...keyPackage, signature: random(64) };
    expect(await codeOf(() => checkGroupKeyPackage(readGroupKeyPackage(encoded(changed)), evidence))).toBe(
      'key_package_signature_invalid',
    );
    const leafNode = { ...keyPackage.leafNode, signature: random(64) };
    expect(
      await codeOf(() => checkGroupKeyPackage(readGroupKeyPackage(encoded({ ...keyPackage, leafNode })), evidence)),
    ).toMatch(/signature_invalid/);
  });

  test('names a certificate of a pinned Controller', async () => {
    const { bytes } = await keyPackageOf(anna);
    expect(await checkCode(bytes, { certificate: 'unknown' })).toBe('certificate_unknown');
    expect(await checkCode(bytes, { authorities: [] })).toBe('certificate_not_accepted');
  });
});
