import type { Bytes } from '../protocol/bytes.ts';
import { commonName } from './names.ts';
import { parseCertificate } from './x509.ts';

/** A signing key and the agent that a certificate names with it. */
export interface CertifiedKey {
  readonly agentId: string;
  readonly signingSpki: Bytes;
}

/** Reads the name and the key of a certificate, DER, without asking who signed it; undefined for what is no certificate. */
export function readNamedKey(der: Bytes): CertifiedKey | undefined {
  try {
    const certificate = parseCertificate(der);
    const agentId = commonName(certificate.subjectName);
    return agentId === undefined ? undefined : { agentId, signingSpki: new Uint8Array(certificate.publicKey.rawData) };
  } catch {
    // The library reads DER as its parts are asked for: a damaged part may show anywhere above.
    return undefined;
  }
}
