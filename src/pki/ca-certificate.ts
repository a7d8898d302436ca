import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509Certificate } from './x509.ts';

const needed = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;

/** A DER certificate that may sign certificates and CRLs. Throws `certificate_untrusted` for any other. */
export function readCaCertificate(der: Bytes): X509Certificate {
  let certificate: X509Certificate | undefined;
  try {
    certificate = new X509Certificate(der);
  } catch {
    certificate = undefined;
  }
  const constraints = certificate?.getExtension(BasicConstraintsExtension);
  const usages = certificate?.getExtension(KeyUsagesExtension)?.usages ?? 0;
  if (certificate === undefined || constraints?.ca !== true || (usages & needed) !== needed) {
    throw new ParleyError('certificate_untrusted', 'The certificate is not one of a certificate authority.');
  }
  return certificate;
}

/** PEM (RFC 7468) of a DER certificate. */
export function certificatePem(der: Bytes): string {
  return `${new X509Certificate(der).toString('pem')}\n`;
}
