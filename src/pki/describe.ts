import { type Bytes, hexPairs } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { ParleyError } from '../protocol/errors.ts';
import { agentIdOfUrn } from './agent-urn.ts';
import { alternativeUris, commonName } from './names.ts';
import { normalSerial } from './serial.ts';
import { parseCertificate, type X509Certificate } from './x509.ts';

/** What a certificate says, as people read it. It says nothing about whether the certificate is to be trusted. */
export interface CertificateDescription {
  /** SHA-256 of the DER, lowercase hex in pairs joined by `:`. */
  readonly fingerprint: string;
  /** Lowercase hex. */
  readonly serial: string;
  readonly commonName: string | undefined;
  /** The agent's address as the subject alternative name gives it. */
  readonly address: string | undefined;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** 0 for a key that is not RSA. */
  readonly keyBits: number;
}

/** Reads a DER certificate for show. Throws `certificate_untrusted` for what is none. */
export async function describeCertificate(der: Bytes): Promise<CertificateDescription> {
  const fingerprint = hexPairs(await sha256(crypto.subtle, der));
  try {
    return { fingerprint, ...describe(parseCertificate(der)) };
  } catch (cause) {
    throw new ParleyError('certificate_untrusted', 'This is not a certificate.', { cause });
  }
}

function describe(certificate: X509Certificate): Omit<CertificateDescription, 'fingerprint'> {
  const { algorithm } = certificate.publicKey;
  const uris = alternativeUris(certificate) ?? [];
  return {
    serial: normalSerial(certificate.serialNumber),
    commonName: commonName(certificate.subjectName),
    address: uris.find((uri) => agentIdOfUrn(uri) === undefined),
    notBefore: certificate.notBefore.getTime() / 1000,
    notAfter: certificate.notAfter.getTime() / 1000,
    keyBits: 'modulusLength' in algorithm && typeof algorithm.modulusLength === 'number' ? algorithm.modulusLength : 0,
  };
}
