import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { ParleyError } from '../protocol/errors.ts';
import { isError } from '../protocol/realm.ts';
import { readNamedFile } from '../storage/file/read-file.ts';

/** Bytes of a file with certificates. */
const largestFile = 1024 * 1024;
const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Trusts the TLS certificates of the PEM file of `--trust` in this process, besides the system's. Throws `invalid_input`. */
export async function trustCertificates(path: string): Promise<void> {
  if (typeof tls.setDefaultCACertificates !== 'function') {
    const detail = `--trust needs Node 22.19 or later. With this one, leave it out and set NODE_EXTRA_CA_CERTS=${path}.`;
    throw new ParleyError('invalid_input', detail);
  }
  const pem = new TextDecoder().decode(await readNamedFile({ flag: '--trust', path }, largestFile));
  const certificates = pem.match(block) ?? [];
  // Node passes over what is no certificate without a word.
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    const detail = `--trust is ${path}, which holds no certificate in PEM. Name the file of a certificate.`;
    throw new ParleyError('invalid_input', detail);
  }
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...certificates]);
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch (error) {
    // OpenSSL names what it cannot read.
    if (isError(error) && 'code' in error) return false;
    throw error;
  }
}
