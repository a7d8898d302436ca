import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { isDerSequence } from './der.ts';
import { readPem, writePem } from './pem.ts';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  parseCertificate,
  type X509Certificate,
} from './x509.ts';

const needed = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;

/** Reads a DER certificate that may sign certificates and CRLs. Throws `certificate_untrusted` for any other. */
export function readCaCertificate(der: Bytes): X509Certificate {
  const certificate = parse(der);
  if (certificate === undefined) {
    throw new ParleyError('certificate_untrusted', 'The certificate is not one of a certificate authority.');
  }
  return certificate;
}

function parse(der: Bytes): X509Certificate | undefined {
  try {
    const certificate = parseCertificate(der);
    const constraints = certificate.getExtension(BasicConstraintsExtension);
    const usages = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
    return constraints?.ca === true && (usages & needed) === needed ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the PEM (RFC 7468) of a DER certificate. */
export function certificatePem(der: Bytes): string {
  return writePem('CERTIFICATE', der);
}

/** Returns the DER of a CA certificate in a PEM or DER file. Throws `certificate_untrusted` for what is none. */
export function certificateInFile(file: Bytes): Bytes {
  try {
    const der = isDerSequence(file) ? file : readPem(new TextDecoder().decode(file), 'CERTIFICATE');
    if (der !== undefined) return new Uint8Array(parseCertificate(der).rawData);
  } catch (cause) {
    throw noCertificate(cause);
  }
  throw noCertificate();
}

function noCertificate(cause?: unknown): ParleyError {
  return new ParleyError('certificate_untrusted', 'The file holds no certificate in PEM or DER.', { cause });
}
