import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509Certificate } from './x509.ts';

const needed = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;

/** A DER certificate that may sign certificates and CRLs. Throws `certificate_untrusted` for any other. */
export function readCaCertificate(der: Bytes): X509Certificate {
  const certificate = parse(der);
  if (certificate === undefined) {
    throw new ParleyError('certificate_untrusted', 'The certificate is not one of a certificate authority.');
  }
  return certificate;
}

function parse(der: Bytes): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    const constraints = certificate.getExtension(BasicConstraintsExtension);
    const usages = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
    return constraints?.ca === true && (usages & needed) === needed ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** PEM (RFC 7468) of a DER certificate. */
export function certificatePem(der: Bytes): string {
  return `${new X509Certificate(der).toString('pem')}\n`;
}
