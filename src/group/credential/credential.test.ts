import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { signPss } from '../../protocol/crypto/signatures.ts';
import { weakKeys } from '../../protocol/crypto/testing/weak-ed25519.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { groupSuite } from '../profile/suite.ts';
import { day, type GroupAgent, GroupWorld, groupCodeOf, now, random, signingPair } from '../testing/group-world.ts';
import { checkCredential, type FoundCertificate } from './check-credential.ts';
import { type CredentialClaims, certificateKey, parseCredential, signCredential } from './credential.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const signatureKey = random(32);

let world: GroupWorld;
let anna: GroupAgent;
let identity: Bytes;
let json: Record<string, string | number>;

beforeAll(async () => {
  world = await GroupWorld.create();
  anna = await world.agent('anna');
  identity = await signCredential(anna.claims(), signatureKey, anna.sign);
  json = JSON.parse(new TextDecoder().decode(identity));
});

const codeOfBytes = (bytes: Bytes) => groupCodeOf(() => parseCredential(bytes));
const codeOfJson = (change: object) => codeOfBytes(canonicalBytes({ ...json, ...change }));

describe('a credential (groups page, section 2)', () => {
  test('is the canonical JSON of the page, and is read as it was written', () => {
    expect(Object.keys(json)).toEqual(['agent_id', 'certificate', 'for', 'not_after', 'not_before', 'signature']);
    expect(json.for).toBe('parley-group/1');
    expect(parseCredential(identity)).toMatchObject(anna.claims());
    expect(parseCredential(identity)).not.toHaveProperty('rejoins');
  });

  test('names the group that it comes back to', async () => {
    const rejoins = 'ab'.repeat(16);
    const read = parseCredential(await signCredential(anna.claims({ rejoins }), signatureKey, anna.sign));
    expect(read.rejoins).toBe(rejoins);
    for (const purpose of [
      '',
      'parley-group/2',
      'parley-group/1 rejoin',
      `parley-group/1 rejoin ${rejoins}0`,
      `parley-group/1 rejoin ${rejoins.toUpperCase()}`,
      `parley-group/1  rejoin ${rejoins}`,
      'parley-group/1 ',
      'parley-group/1\n',
    ]) {
      expect(await codeOfJson({ for: purpose }), purpose).toBe('credential_malformed');
    }
  });

  test('is exactly this JSON', async () => {
    const text = new TextDecoder().decode(identity);
    for (const other of [
      '',
      'null',
      '[]',
      `${text} `,
      ` ${text}`,
      text.slice(0, -1),
      text.replace('{', '{"agent_id":"anna",'),
      text.replace(`${now}`, `${now}.0`),
      text.replace('"anna"', '"\\u0061nna"'),
      JSON.stringify({ for: json.for, ...json }),
    ].filter((other) => other !== text)) {
      expect(await codeOfBytes(utf8(other)), other.slice(0, 80)).toBe('credential_malformed');
    }
    const reordered = Object.fromEntries(Object.entries(json).reverse());
    expect(await codeOfBytes(utf8(JSON.stringify(reordered)))).toBe('credential_malformed');
    expect(await codeOfBytes(random(200))).toBe('credential_malformed');
  });

  test.each<[string, object]>([
    ['another member', { more: 1 }],
    ['a nested value', { not_before: [now] }],
    ['an agent_id that is none', { agent_id: 'Anna' }],
    ['a hash of another length', { certificate: encodeBase64(new Uint8Array(31)) }],
    ['a hash in another alphabet', { certificate: encodeBase64(new Uint8Array(32).fill(255)).replaceAll('/', '_') }],
    ['no signature of an RSA key', { signature: encodeBase64(new Uint8Array(64)) }],
    ['a time that is none', { not_after: 'tomorrow' }],
    ['a time before 1970', { not_before: -1 }],
  ])('has not %s', async (_, change) => {
    expect(await codeOfJson(change)).toBe('credential_malformed');
  });

  test.each(['agent_id', 'certificate', 'for', 'not_before', 'not_after', 'signature'])(
    'has a member %s',
    async (name) => {
      const { [name]: _, ...rest } = json;
      expect(await codeOfBytes(canonicalBytes(rest))).toBe('credential_malformed');
    },
  );

  test('has at most 1 KiB, also with the longest name and key', async () => {
    const agentId = 'a'.repeat(63);
    const key = await signingPair(4_096);
    const claims = { ...anna.claims({ rejoins: 'ab'.repeat(16) }), agentId };
    const longest = await signCredential(claims, signatureKey, (data) => signPss(crypto.subtle, key.privateKey, data));
    expect(longest.length).toBeLessThanOrEqual(1_024);
    expect(parseCredential(longest)).toMatchObject({ agentId });
    const padded = new Uint8Array(1_025).fill(0x20);
    padded.set(identity);
    expect(await codeOfBytes(padded)).toBe('credential_too_long');
    expect(await codeOfBytes(padded.slice(0, 1_024))).toBe('credential_malformed');
    const sign = async () => random(800);
    expect(await groupCodeOf(() => signCredential(anna.claims(), signatureKey, sign))).toBe('credential_too_long');
  });

  test('lasts 30 days at most', async () => {
    expect(await codeOfJson({ not_after: now + 30 * day })).toBe('accepted');
    expect(await codeOfJson({ not_after: now + 30 * day + 1 })).toBe('credential_lifetime');
    expect(await codeOfJson({ not_after: now })).toBe('accepted');
    expect(await codeOfJson({ not_after: now - 1 })).toBe('credential_lifetime');
  });
});

describe('a valid credential (groups page, section 2)', () => {
  async function check(
    claims: CredentialClaims,
    change: { signer?: GroupAgent; key?: Bytes; certificate?: FoundCertificate; authorities?: readonly Bytes[] } = {},
  ): Promise<string> {
    const bytes = await signCredential(claims, signatureKey, (change.signer ?? anna).sign);
    const certificate = change.certificate ?? world.certificates.get(certificateKey(claims)) ?? 'unknown';
    const { authorities } = { ...world.evidence, ...change };
    return groupCodeOf(() =>
      checkCredential(parseCredential(bytes), change.key ?? signatureKey, { certificate, authorities }),
    );
  }

  test('is vouched for by the certificate that it names', async () => {
    expect(await check(anna.claims())).toBe('accepted');
    const checked = await checkCredential(parseCredential(identity), signatureKey, {
      certificate: anna.certificate,
      authorities: world.evidence.authorities,
    });
    expect(checked).toMatchObject({ agentId: 'anna', serial: anna.serial });
  });

  test('is valid at any time', async () => {
    expect(await check(anna.claims({ notBefore: 1, notAfter: 2 }))).toBe('accepted');
  });

  test('does not outlive its certificate', async () => {
    const short = await world.certify('anna', anna.pair, 10 * day);
    expect(await check(short.claims({ notAfter: now + 10 * day }))).toBe('accepted');
    expect(await check(short.claims({ notAfter: now + 10 * day + 1 }))).toBe('credential_outlives_certificate');
  });

  test('has the signature of that key, over this leaf key and these claims', async () => {
    const bert = await world.agent('bert');
    expect(await check(anna.claims(), { signer: bert })).toBe('credential_signature_invalid');
    expect(await check(anna.claims(), { key: random(32) })).toBe('credential_signature_invalid');
    for (const [name, key] of weakKeys)
      expect(await check(anna.claims(), { key }), name).toBe('credential_signature_invalid');
    const changed = { ...parseCredential(identity), notAfter: now + 29 * day };
    const evidence = { certificate: anna.certificate, authorities: world.evidence.authorities };
    expect(await groupCodeOf(() => checkCredential(changed, signatureKey, evidence))).toBe(
      'credential_signature_invalid',
    );
  });

  test('names a certificate of this agent', async () => {
    const bert = await world.agent('bert');
    expect(await check(bert.claims({ agentId: 'anna' }), { signer: bert })).toBe('certificate_of_another_agent');
  });

  test('names a certificate that the Controller has issued', async () => {
    expect(await check(anna.claims({ certificate: random(32) }))).toBe('certificate_unknown');
    expect(await check(anna.claims(), { certificate: 'unknown' })).toBe('certificate_unknown');
  });

  test('names the certificate by its hash', async () => {
    const again = await world.certify('anna', anna.pair);
    expect(await check(anna.claims(), { certificate: again.certificate })).toBe('certificate_hash_mismatch');
  });

  test('names a signing certificate of a pinned Controller, also of one pinned before', async () => {
    const other = await GroupWorld.create();
    const authorities = [other.authority.certificate];
    expect(await check(anna.claims(), { authorities })).toBe('certificate_not_accepted');
    expect(await check(anna.claims(), { authorities: [] })).toBe('certificate_not_accepted');
    expect(await check(anna.claims(), { authorities: [...authorities, world.authority.certificate] })).toBe('accepted');
    const hashes = [...world.certificates.keys()];
    const encryption = hashes[hashes.indexOf(certificateKey(anna.claims())) + 1] ?? '';
    const hash = Uint8Array.from(atob(encryption), (character) => character.charCodeAt(0));
    expect(await check(anna.claims({ certificate: hash }))).toBe('certificate_not_accepted');
  });

  test('has its certificate read and verified once, and by each Controller that is asked', async () => {
    const carl = await world.agent('carl');
    const other = await GroupWorld.create();
    const verify = vi.spyOn(crypto.subtle, 'verify');
    const verifications = async (authorities: readonly Bytes[]) => {
      const before = verify.mock.calls.length;
      const code = await check(carl.claims(), { signer: carl, certificate: carl.certificate, authorities });
      return { code, count: verify.mock.calls.length - before };
    };
    const own = [world.authority.certificate];
    expect(await verifications(own)).toEqual({ code: 'accepted', count: 2 });
    // The credential's own signature alone.
    expect(await verifications(own)).toEqual({ code: 'accepted', count: 1 });
    expect(await verifications([other.authority.certificate])).toMatchObject({ code: 'certificate_not_accepted' });
    expect(await verifications([])).toEqual({ code: 'certificate_not_accepted', count: 0 });
    verify.mockRestore();
  });

  test('is checked for a key that MLS takes: weak ones verify nothing', async () => {
    const suite = await groupSuite();
    for (const [name, key] of weakKeys) {
      expect(await suite.signature.verify(key, utf8('x'), new Uint8Array(64)), name).toBe(false);
    }
  });
});
