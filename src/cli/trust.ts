import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { ParleyError } from '../protocol/errors.ts';

/** Trusts the TLS certificates of a PEM file in this process, besides the system's. Throws `invalid_input`. */
export async function trustCertificates(path: string): Promise<void> {
  if (typeof tls.setDefaultCACertificates !== 'function') {
    throw new ParleyError('invalid_input', `This Node cannot be told whom to trust. Set NODE_EXTRA_CA_CERTS=${path}.`);
  }
  const pem = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ParleyError('invalid_input', `The file ${path} cannot be read.`, { cause });
  });
  try {
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), pem]);
  } catch (cause) {
    throw new ParleyError('invalid_input', `${path} holds no certificate in PEM.`, { cause });
  }
}
