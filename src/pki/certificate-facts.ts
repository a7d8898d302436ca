import { type Bytes, hexPairs } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { ParleyError } from '../protocol/errors.ts';
import { writePem } from './pem.ts';
import { normalSerial } from './serial.ts';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  parseCertificate,
  SubjectAlternativeNameExtension,
  type X509Certificate,
} from './x509.ts';

/** Everything a certificate says that people ask about. It says nothing about whether the certificate is to be trusted. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names. */
  readonly alternativeNames: readonly string[];
  /** RFC 5280 names, `digitalSignature`. */
  readonly keyUsage: readonly string[];
  readonly isAuthority: boolean;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Lowercase hex. */
  readonly serial: string;
  /** `RSA, 3072 bits`. */
  readonly key: string;
  /** SHA-256 of the SPKI and of the whole DER, hex pairs. */
  readonly keyFingerprint: string;
  readonly fingerprint: string;
  readonly signatureAlgorithm: string;
  readonly pem: string;
}

const usages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;

/** Reads a DER certificate for show. Throws `certificate_untrusted` for what is none. */
export async function certificateFacts(der: Bytes): Promise<CertificateFacts> {
  try {
    return await read(der);
  } catch (cause) {
    throw new ParleyError('certificate_untrusted', 'This is not a certificate.', { cause });
  }
}

async function read(der: Bytes): Promise<CertificateFacts> {
  const certificate = parseCertificate(der);
  const { algorithm } = certificate.publicKey;
  const used = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    alternativeNames:
      certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value) ?? [],
    keyUsage: usages.filter((name) => (used & KeyUsageFlags[name]) !== 0),
    isAuthority: certificate.getExtension(BasicConstraintsExtension)?.ca === true,
    notBefore: certificate.notBefore.getTime() / 1_000,
    notAfter: certificate.notAfter.getTime() / 1_000,
    serial: normalSerial(certificate.serialNumber),
    key: keyWords(algorithm),
    keyFingerprint: await fingerprint(certificate.publicKey.rawData),
    fingerprint: await fingerprint(der),
    signatureAlgorithm: signatureWords(certificate.signatureAlgorithm),
    pem: writePem('CERTIFICATE', der),
  };
}

function keyWords(algorithm: Algorithm): string {
  if ('modulusLength' in algorithm && typeof algorithm.modulusLength === 'number')
    return `RSA, ${algorithm.modulusLength} bits`;
  if ('namedCurve' in algorithm && typeof algorithm.namedCurve === 'string') return `EC, ${algorithm.namedCurve}`;
  return algorithm.name;
}

function signatureWords({ name, hash }: X509Certificate['signatureAlgorithm']): string {
  return hash === undefined ? name : `${name}, ${typeof hash === 'string' ? hash : hash.name}`;
}

async function fingerprint(bytes: ArrayBuffer | Bytes): Promise<string> {
  return hexPairs(await sha256(crypto.subtle, new Uint8Array(bytes)));
}
