import {
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_cRLDistributionPoints,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
} from '@peculiar/asn1-x509';
import type { Bytes, CertificateFingerprint, KeyId } from '../protocol/bytes.ts';
import { toHex } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import type { CertificatePair, PeerIdentity } from '../protocol/handshake/identity.ts';
import { isAgentId } from '../protocol/ids.ts';
import { agentIdOfUrn } from './agent-urn.ts';
import { endsInEcdsaSignature } from './der.ts';
import { alternativeUris, commonName } from './names.ts';
import { readRsaPublicKey } from './rsa-public-key.ts';
import { normalSerial } from './serial.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  parseCertificate,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
} from './x509.ts';

/** A pair that the CA signed for one agent. Times are in Unix seconds and hold for both certificates. */
export interface AcceptedPair {
  readonly identity: PeerIdentity;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly serials: readonly [string, string];
}

const usages = { signing: KeyUsageFlags.digitalSignature, encryption: KeyUsageFlags.keyEncipherment } as const;

/** Extensions that the checks below understand; any other critical one is refused (RFC 5280, section 4.2). */
const understood = new Set<string>([
  id_ce_subjectKeyIdentifier,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_basicConstraints,
  id_ce_cRLDistributionPoints,
  id_ce_authorityKeyIdentifier,
]);

/** Runs every check of a pair (protocol page, section 2) but time and revocation. Undefined when anything is amiss. */
export async function acceptPair(ca: X509Certificate, pair: CertificatePair): Promise<AcceptedPair | undefined> {
  try {
    return await checkPair(ca, pair);
  } catch {
    // The library reads DER as its parts are asked for, so a damaged part may show anywhere below.
    return undefined;
  }
}

/** What one certificate of a pair says of whom, and for how long, in Unix seconds. */
export interface AcceptedCertificate {
  readonly agentId: string;
  /** SPKI DER; that the key is one an agent may have is not looked at. */
  readonly spki: Bytes;
  /** Lowercase hex. */
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Runs those checks that one certificate can pass by itself (protocol page, section 2), but time and revocation. Undefined when anything is amiss. */
export async function acceptCertificate(
  ca: X509Certificate,
  der: Bytes,
  use: keyof CertificatePair,
): Promise<AcceptedCertificate | undefined> {
  try {
    return await acceptOne(ca, der, usages[use]);
  } catch {
    return undefined;
  }
}

async function checkPair(ca: X509Certificate, pair: CertificatePair): Promise<AcceptedPair | undefined> {
  const signing = await acceptOne(ca, pair.signing, usages.signing);
  const encryption = await acceptOne(ca, pair.encryption, usages.encryption);
  if (signing === undefined || encryption === undefined) return undefined;
  if (signing.agentId !== encryption.agentId || signing.address !== encryption.address) return undefined;
  if (toHex(signing.spki) === toHex(encryption.spki)) return undefined;
  const verifyKey = await readRsaPublicKey(signing.spki, 'signing');
  const encryptionKey = await readRsaPublicKey(encryption.spki, 'encryption');
  if (verifyKey === undefined || encryptionKey === undefined) return undefined;
  return {
    identity: {
      agentId: signing.agentId,
      address: signing.address,
      certificates: pair,
      verifyKey: verifyKey.key,
      encryptionKey: encryptionKey.key,
      keyId: asKeyId(await sha256(crypto.subtle, encryption.spki)),
      signingFingerprint: asFingerprint(await sha256(crypto.subtle, pair.signing)),
      encryptionFingerprint: asFingerprint(await sha256(crypto.subtle, pair.encryption)),
      signingSpki: signing.spki,
    },
    notBefore: Math.max(signing.notBefore, encryption.notBefore),
    notAfter: Math.min(signing.notAfter, encryption.notAfter),
    serials: [signing.serial, encryption.serial],
  };
}

async function acceptOne(ca: X509Certificate, der: Bytes, usage: KeyUsageFlags) {
  if (!endsInEcdsaSignature(der)) return undefined;
  const certificate = parseCertificate(der);
  if (!(await isSignedBy(certificate, ca))) return undefined;
  const constraints = certificate.getExtensions(BasicConstraintsExtension);
  const keyUsages = certificate.getExtensions(KeyUsagesExtension);
  const hasItsUse =
    constraints.length === 1 &&
    constraints[0]?.ca === false &&
    constraints[0].critical &&
    keyUsages.length === 1 &&
    keyUsages[0]?.usages === usage;
  const types = certificate.extensions.map(({ type }) => type);
  const isUnderstood =
    new Set(types).size === types.length &&
    certificate.extensions.every(({ critical, type }) => !critical || understood.has(type));
  if (!hasItsUse || !isUnderstood) return undefined;
  const agentId = commonName(certificate.subjectName);
  const [urn, address, ...more] = alternativeUris(certificate) ?? [];
  if (agentId === undefined || !isAgentId(agentId)) return undefined;
  if (urn === undefined || address === undefined || more.length > 0 || agentIdOfUrn(urn) !== agentId) return undefined;
  return {
    agentId,
    address,
    spki: new Uint8Array(certificate.publicKey.rawData),
    serial: normalSerial(certificate.serialNumber),
    notBefore: certificate.notBefore.getTime() / 1000,
    notAfter: certificate.notAfter.getTime() / 1000,
  };
}

async function isSignedBy(certificate: X509Certificate, ca: X509Certificate): Promise<boolean> {
  const { name, hash } = certificate.signatureAlgorithm;
  const issuerKey = certificate.getExtension(AuthorityKeyIdentifierExtension)?.keyId;
  const caKey = ca.getExtension(SubjectKeyIdentifierExtension)?.keyId;
  if (name !== 'ECDSA' || hash.name !== 'SHA-256') return false;
  if (certificate.issuer !== ca.subject || (caKey !== undefined && issuerKey !== caKey)) return false;
  return certificate.verify({ publicKey: ca.publicKey, signatureOnly: true });
}

const asKeyId = (bytes: Bytes) => bytes as KeyId;
const asFingerprint = (bytes: Bytes) => bytes as CertificateFingerprint;
