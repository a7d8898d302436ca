import { id_ce_cRLNumber } from '@peculiar/asn1-x509';
import type { Bytes } from '../protocol/bytes.ts';
import type { CertificatePair } from '../protocol/handshake/identity.ts';
import { agentUrn } from './agent-urn.ts';
import { readCaCertificate } from './ca-certificate.ts';
import { encodeCrlNumber } from './crl-number.ts';
import type { RevocationReason } from './revocation-reason.ts';
import { reasonCode } from './revocation-reason.ts';
import { makeSerial, normalSerial } from './serial.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from './x509.ts';

const ecdsa = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** Seconds by which not-before is back-dated for clock skew (protocol page, section 2). */
const backDated = 300;

/** A certificate authority's key and certificate. The private key may be non-extractable. */
export interface Authority {
  readonly signingKey: CryptoKey;
  readonly certificate: Bytes;
}

interface Clocked {
  /** Unix seconds. */
  readonly now: number;
  readonly random: (length: number) => Uint8Array;
}

/** Creates a self-signed CA certificate over an ECDSA P-256 pair, as DER. `lifetime` is in seconds. */
export async function createCaCertificate(
  input: Clocked & { readonly name: string; readonly keys: CryptoKeyPair; readonly lifetime: number },
): Promise<Bytes> {
  const { keys } = input;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [input.name] }],
    keys,
    serialNumber: makeSerial(input.random),
    notBefore: dateOf(input.now - backDated),
    notAfter: dateOf(input.now + input.lifetime),
    signingAlgorithm: ecdsa,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return new Uint8Array(certificate.rawData);
}

/** What an agent's certificates say of it. `lifetime` is in seconds. */
export interface AgentSubject {
  readonly agentId: string;
  readonly address: string;
  readonly signingSpki: Bytes;
  readonly encryptionSpki: Bytes;
  readonly crlUrl: string;
  readonly lifetime: number;
}

/** An issued pair and its serial numbers, lowercase hex. */
export interface IssuedPair {
  readonly certificates: CertificatePair;
  readonly serials: readonly [string, string];
}

/** Issues an agent's two certificates (protocol page, section 2). The caller has checked the keys and the names. */
export async function issueCertificates(
  authority: Authority,
  subject: AgentSubject,
  clocked: Clocked,
): Promise<IssuedPair> {
  const ca = readCaCertificate(authority.certificate);
  const [signing, encryption] = await Promise.all([
    issue(authority, ca, subject, clocked, subject.signingSpki, KeyUsageFlags.digitalSignature),
    issue(authority, ca, subject, clocked, subject.encryptionSpki, KeyUsageFlags.keyEncipherment),
  ]);
  return {
    certificates: { signing: new Uint8Array(signing.rawData), encryption: new Uint8Array(encryption.rawData) },
    serials: [normalSerial(signing.serialNumber), normalSerial(encryption.serialNumber)],
  };
}

async function issue(
  authority: Authority,
  ca: X509Certificate,
  subject: AgentSubject,
  { now, random }: Clocked,
  spki: Bytes,
  usage: KeyUsageFlags,
): Promise<X509Certificate> {
  return X509CertificateGenerator.create({
    subject: [{ CN: [subject.agentId] }],
    issuer: ca.subjectName,
    publicKey: spki,
    signingKey: authority.signingKey,
    signingAlgorithm: ecdsa,
    serialNumber: makeSerial(random),
    notBefore: dateOf(now - backDated),
    notAfter: dateOf(now + subject.lifetime),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(usage, true),
      new SubjectAlternativeNameExtension([
        { type: 'url', value: agentUrn(subject.agentId) },
        { type: 'url', value: subject.address },
      ]),
      await AuthorityKeyIdentifierExtension.create(ca),
      await SubjectKeyIdentifierExtension.create(spki),
      new CRLDistributionPointsExtension([subject.crlUrl]),
    ],
  });
}

/** A certificate that is no longer good. `revokedAt` is in Unix seconds. */
export interface RevokedSerial {
  readonly serial: string;
  readonly revokedAt: number;
  readonly reason: RevocationReason;
}

/** Signs a CRL (RFC 5280, section 5), DER. `number` grows with every list; times are in Unix seconds. */
export async function issueRevocationList(
  authority: Authority,
  input: {
    readonly number: number;
    readonly thisUpdate: number;
    readonly nextUpdate: number;
    readonly revoked: readonly RevokedSerial[];
  },
): Promise<Bytes> {
  const ca = readCaCertificate(authority.certificate);
  const list = await X509CrlGenerator.create({
    issuer: ca.subjectName,
    thisUpdate: dateOf(input.thisUpdate),
    nextUpdate: dateOf(input.nextUpdate),
    signingAlgorithm: ecdsa,
    signingKey: authority.signingKey,
    extensions: [
      await AuthorityKeyIdentifierExtension.create(ca),
      new Extension(id_ce_cRLNumber, false, encodeCrlNumber(input.number)),
    ],
    entries: input.revoked.map(({ serial, revokedAt, reason }) => ({
      serialNumber: serial.padStart(serial.length + (serial.length % 2), '0'),
      revocationDate: dateOf(revokedAt),
      reason: reasonCode(reason),
    })),
  });
  return new Uint8Array(list.rawData);
}

function dateOf(unixSeconds: number): Date {
  return new Date(unixSeconds * 1000);
}
