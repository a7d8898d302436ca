import { beforeAll, describe, expect, test } from 'vitest';
import { makeRegistrant, type Registrant, spkiOf } from '../controller/testing/registrant.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { CertificatePair } from '../protocol/handshake/identity.ts';
import { agentUrn } from './agent-urn.ts';
import { type Authority, createCaCertificate, issueRevocationList } from './authority.ts';
import { readCaCertificate } from './ca-certificate.ts';
import { readRevocationList } from './revocation-list.ts';
import type { RevocationReason } from './revocation-reason.ts';
import { createCertificateVerifier } from './verifier.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  parseCertificate,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from './x509.ts';

const now = 1_790_000_000;
const lifetime = 30 * 86_400;
const agentId = 'helper_agent_001';
const address = 'https://localhost:5001';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const ecdsa = { name: 'ECDSA', hash: 'SHA-256' } as const;
const { digitalSignature, keyEncipherment } = KeyUsageFlags;

let authority: Authority;
let helper: Registrant;
let rsaCa: { readonly signingKey: CryptoKey; readonly certificate: Bytes };

beforeAll(async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const certificate = await createCaCertificate({ keys: pair, name: 'Parley', lifetime: 10 * lifetime, now, random });
  authority = { signingKey: pair.privateKey, certificate };
  helper = await makeRegistrant(agentId, address);
  const pkcs1 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const rsa = await crypto.subtle.generateKey(
    { ...pkcs1, modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) },
    false,
    ['sign', 'verify'],
  );
  const made = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Parley'] }],
    keys: rsa,
    serialNumber: '11',
    notBefore: new Date((now - 300) * 1_000),
    notAfter: new Date((now + lifetime) * 1_000),
    signingAlgorithm: pkcs1,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      await SubjectKeyIdentifierExtension.create(rsa.publicKey),
    ],
  });
  rsaCa = { signingKey: rsa.privateKey, certificate: new Uint8Array(made.rawData) };
});

/** What is unusual about one certificate. */
interface Unusual {
  readonly cn?: string;
  readonly urn?: string;
  readonly address?: string;
  readonly spki?: Bytes;
  readonly usage?: number;
  readonly constraints?: BasicConstraintsExtension | undefined;
  readonly more?: readonly Extension[];
  readonly algorithm?: EcdsaParams | { readonly name: string; readonly hash: string };
  readonly by?: { readonly signingKey: CryptoKey; readonly certificate: Bytes };
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly serial?: string;
}

/** One certificate as it has to be (protocol page, section 2), but for what is unusual. */
async function certify(use: keyof CertificatePair, unusual: Unusual): Promise<Bytes> {
  const by = unusual.by ?? authority;
  const ca = readAuthority(by.certificate);
  const constraints =
    'constraints' in unusual ? unusual.constraints : new BasicConstraintsExtension(false, undefined, true);
  const spki = unusual.spki ?? (await spkiOf(helper[use]));
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [unusual.cn ?? agentId] }],
    issuer: ca.subjectName,
    publicKey: spki,
    signingKey: by.signingKey,
    signingAlgorithm: unusual.algorithm ?? ecdsa,
    serialNumber: unusual.serial ?? (use === 'signing' ? '5151' : '5252'),
    notBefore: new Date((unusual.notBefore ?? now - 300) * 1_000),
    notAfter: new Date((unusual.notAfter ?? now + lifetime) * 1_000),
    extensions: [
      ...(constraints === undefined ? [] : [constraints]),
      new KeyUsagesExtension(unusual.usage ?? (use === 'signing' ? digitalSignature : keyEncipherment), true),
      new SubjectAlternativeNameExtension([
        { type: 'url', value: unusual.urn ?? agentUrn(unusual.cn ?? agentId) },
        { type: 'url', value: unusual.address ?? address },
      ]),
      await AuthorityKeyIdentifierExtension.create(ca),
      await SubjectKeyIdentifierExtension.create(spki),
      ...(unusual.more ?? []),
    ],
  });
  return new Uint8Array(certificate.rawData);
}

const readAuthority = (der: Bytes) => (der === rsaCa.certificate ? parseCertificate(der) : readCaCertificate(der));

interface Listed {
  readonly serial: string;
  readonly reason: RevocationReason;
}

/** What the verifier says of a pair at `at`, under a CRL that is current unless `nextUpdate` is past: the agent_id or a code. */
async function verdict(
  signing: Unusual,
  encryption: Unusual,
  { at = now, nextUpdate = now + 10 * lifetime, revoked = [] as readonly Listed[], goesOn = false } = {},
): Promise<string> {
  const der = await issueRevocationList(authority, {
    number: 1,
    thisUpdate: now - 1_000,
    nextUpdate,
    revoked: revoked.map((entry) => ({ ...entry, revokedAt: now - 1_000 })),
  });
  const list = await readRevocationList(der, authority.certificate, now);
  const verify = createCertificateVerifier({
    caCertificate: authority.certificate,
    revocation: () => list,
    goesOn: async () => goesOn,
  });
  const pair = { signing: await certify('signing', signing), encryption: await certify('encryption', encryption) };
  return verify(pair, at).then(
    (peer) => peer.agentId,
    (error: unknown) => (error instanceof ParleyError ? error.code : String(error)),
  );
}

async function rsaSpki(
  modulusLength: number,
  exponent = [1, 0, 1],
  use: keyof CertificatePair = 'signing',
): Promise<Bytes> {
  const name = use === 'signing' ? 'RSA-PSS' : 'RSA-OAEP';
  const uses: KeyUsage[] = use === 'signing' ? ['sign', 'verify'] : ['encrypt', 'decrypt'];
  const algorithm = { name, hash: 'SHA-256', modulusLength, publicExponent: new Uint8Array(exponent) };
  const pair = await crypto.subtle.generateKey(algorithm, false, uses);
  if (!('publicKey' in pair)) throw new TypeError('an RSA key comes in pairs');
  return spkiOf(pair);
}

/** An RSA public key with a modulus of any length, which nobody has the private half of. */
function spkiOfSize(bits: number): Bytes {
  const modulus = random(Math.ceil(bits / 8));
  const top = (bits - 1) % 8;
  modulus[0] = ((modulus[0] ?? 0) & ((1 << top) - 1)) | (1 << top);
  modulus[modulus.length - 1] = (modulus.at(-1) ?? 0) | 1;
  const key = der(0x30, der(2, (modulus[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...modulus) : modulus), der(2, [1, 0, 1]));
  const rsaEncryption = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
  return der(0x30, rsaEncryption, der(3, Uint8Array.of(0, ...key)));
}

function der(tag: number, ...parts: readonly Iterable<number>[]): Bytes {
  const content = parts.flatMap((part) => [...part]);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.of(tag, ...size, ...content);
}

type Case = readonly [name: string, unusual: () => Unusual | Promise<Unusual>];

const unknownExtension = (critical: boolean) => new Extension('1.3.6.1.4.1.99999.1', critical, Uint8Array.of(5, 0));

describe('a certificate is refused', () => {
  test.each<Case>([
    ['of another agent_id', () => ({ cn: 'another_agent' })],
    ['whose name and URN differ', () => ({ urn: agentUrn('another_agent') })],
    ['with another address', () => ({ address: 'https://localhost:5002' })],
    ['with an address that differs by a slash', () => ({ address: `${address}/` })],
    ['with both usages', () => ({ usage: digitalSignature | keyEncipherment })],
    ['that may sign certificates too', () => ({ usage: digitalSignature | KeyUsageFlags.keyCertSign })],
    ['that says nonRepudiation too', () => ({ usage: digitalSignature | KeyUsageFlags.nonRepudiation })],
    ['that says decipherOnly too', () => ({ usage: digitalSignature | KeyUsageFlags.decipherOnly })],
    ['with the other usage', () => ({ usage: keyEncipherment })],
    ['without basicConstraints', () => ({ constraints: undefined })],
    ['whose basicConstraints are not critical', () => ({ constraints: new BasicConstraintsExtension(false) })],
    ['that is a CA', () => ({ constraints: new BasicConstraintsExtension(true, undefined, true) })],
    ['signed with SHA-384', () => ({ algorithm: { name: 'ECDSA', hash: 'SHA-384' } })],
    ['signed with RSA', () => ({ by: rsaCa, algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } })],
    ['with an unknown critical extension', () => ({ more: [unknownExtension(true)] })],
    ['with basicConstraints twice', () => ({ more: [new BasicConstraintsExtension(false, undefined, true)] })],
    ['with a key of 1024 bits', async () => ({ spki: await rsaSpki(1_024) })],
    ['with a key of 2047 bits', () => ({ spki: spkiOfSize(2_047) })],
    ['with a key of 4097 bits', () => ({ spki: spkiOfSize(4_097) })],
    ['with e = 3', async () => ({ spki: await rsaSpki(2_048, [3]) })],
  ])('%s', async (_, unusual) => {
    expect(await verdict(await unusual(), {})).toBe('certificate_untrusted');
  });

  test('with the same key as the other of the pair', async () => {
    const spki = await spkiOf(helper.signing);
    expect(await verdict({ spki }, { spki })).toBe('certificate_untrusted');
  });

  test.each<Case>([
    ['the signing usage', () => ({ usage: digitalSignature })],
    ['both usages', () => ({ usage: keyEncipherment | digitalSignature })],
    ['dataEncipherment too', () => ({ usage: keyEncipherment | KeyUsageFlags.dataEncipherment })],
    ['no basicConstraints', () => ({ constraints: undefined })],
    ['an unknown critical extension', () => ({ more: [unknownExtension(true)] })],
    ['a key of 4097 bits', () => ({ spki: spkiOfSize(4_097) })],
    ['e = 3', async () => ({ spki: await rsaSpki(2_048, [3], 'encryption') })],
  ])('when the encryption certificate has %s', async (_, unusual) => {
    expect(await verdict({}, await unusual())).toBe('certificate_untrusted');
  });
});

describe('a certificate is accepted', () => {
  test.each<Case>([
    ['as the page has it', () => ({})],
    ['with an unknown extension that is not critical', () => ({ more: [unknownExtension(false)] })],
    [
      'with an extended key usage that is not critical',
      () => ({ more: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])] }),
    ],
    ['with a key of 2048 bits', () => ({ spki: spkiOfSize(2_048) })],
    ['with a key of 4096 bits', () => ({ spki: spkiOfSize(4_096) })],
  ])('%s', async (_, unusual) => {
    expect(await verdict(await unusual(), {})).toBe(agentId);
  });
});

describe('time', () => {
  test.each([
    ['not yet valid by one second', { notBefore: now + 1 }, 'certificate_expired'],
    ['valid from now on', { notBefore: now }, agentId],
    ['valid until now', { notAfter: now }, agentId],
    ['expired by one second', { notAfter: now - 1 }, 'certificate_expired'],
  ])('a certificate that is %s', async (_, unusual, expected) => {
    expect(await verdict(unusual, {})).toBe(expected);
    expect(await verdict({}, unusual)).toBe(expected);
  });

  test('a CRL is current until its nextUpdate, and unknown a second later', async () => {
    expect(await verdict({}, {}, { nextUpdate: now })).toBe(agentId);
    expect(await verdict({}, {}, { nextUpdate: now - 1 })).toBe('revocation_status_unknown');
  });
});

describe('a serial on the CRL', () => {
  const reasons: readonly RevocationReason[] = ['superseded', 'keyCompromise'];
  test.each(reasons.flatMap((reason) => ['5151', '5252'].map((serial) => [reason, serial] as const)))(
    'with the reason %s refuses a new handshake: %s',
    async (reason, serial) => {
      const revoked = [{ serial, reason }];
      expect(await verdict({}, {}, { revoked })).toBe('certificate_revoked');
      // What goes on may go on with a superseded certificate, and with no other.
      const expected = reason === 'superseded' ? agentId : 'certificate_revoked';
      expect(await verdict({}, {}, { revoked, goesOn: true })).toBe(expected);
    },
  );

  test('beside one for another reason ends what goes on', async () => {
    const revoked: readonly Listed[] = [
      { serial: '5151', reason: 'superseded' },
      { serial: '5252', reason: 'keyCompromise' },
    ];
    expect(await verdict({}, {}, { revoked, goesOn: true })).toBe('certificate_revoked');
  });

  test('of a list past its nextUpdate is revoked all the same', async () => {
    const revoked: readonly Listed[] = [{ serial: '5151', reason: 'keyCompromise' }];
    expect(await verdict({}, {}, { revoked, nextUpdate: now - 1 })).toBe('certificate_revoked');
  });

  test('is found whatever zeros stand before it', async () => {
    const revoked: readonly Listed[] = [{ serial: '0091', reason: 'keyCompromise' }];
    expect(await verdict({ serial: '91' }, {}, { revoked })).toBe('certificate_revoked');
  });
});
