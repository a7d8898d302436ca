import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509Certificate } from './x509.ts';

/** The first byte of every DER certificate. */
const derSequence = 0x30;
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

/** The DER of a CA certificate in a PEM or DER file. Throws `certificate_untrusted` for what is none. */
export function certificateInFile(file: Bytes): Bytes {
  try {
    const isPem = file[0] !== derSequence;
    const certificate = new X509Certificate(isPem ? new TextDecoder().decode(file) : file);
    return new Uint8Array(certificate.rawData);
  } catch (cause) {
    throw new ParleyError('certificate_untrusted', 'The file holds no certificate in PEM or DER.', { cause });
  }
}
