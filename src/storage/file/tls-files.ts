import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePem } from '../../pki/pem.ts';
import { createTlsCertificate } from '../../pki/tls-certificate.ts';
import { isError } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';
import { hasCode } from './error-code.ts';
import { makeFolder } from './make-folder.ts';
import { writePrivateFile } from './private-file.ts';

/** Milliseconds before its end at which a certificate is made anew. */
const renewBefore = 30 * 86_400_000;

/** A TLS certificate and its key as files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, uppercase hex in pairs joined by `:`, as browsers show it. */
  readonly fingerprint: string;
}

/**
 * Loads the self-signed certificate of `hostname` in `folder`; makes it at first use and near its end. Rejects with
 * `storage_failed`.
 */
export async function loadOrCreateTls(folder: string, hostname: string): Promise<TlsFiles> {
  const [cert, key] = [join(folder, 'tls-cert.pem'), join(folder, 'tls-key.pem')];
  return guarded(async () => {
    const found = await readCertificate(cert);
    const isGood =
      found !== undefined &&
      found.validToDate.getTime() - Date.now() > renewBefore &&
      (found.checkHost(hostname) ?? found.checkIP(hostname)) !== undefined &&
      (await hasKey(found, key));
    if (isGood) return { cert, key, fingerprint: found.fingerprint256 };
    await makeFolder(folder);
    const made = await createTlsCertificate({
      hostnames: [hostname],
      now: Math.floor(Date.now() / 1_000),
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    await writePrivateFile(key, writePem('PRIVATE KEY', made.privateKey));
    made.privateKey.fill(0);
    const pem = writePem('CERTIFICATE', made.certificate);
    await writeFile(cert, pem);
    return { cert, key, fingerprint: new X509Certificate(pem).fingerprint256 };
  });
}

async function readCertificate(path: string): Promise<X509Certificate | undefined> {
  const file = await readIfThere(path);
  return file === undefined ? undefined : parsed(() => new X509Certificate(file));
}

/** True when the key in the file is that of the certificate. */
async function hasKey(certificate: X509Certificate, path: string): Promise<boolean> {
  const file = await readIfThere(path);
  const key = file === undefined ? undefined : parsed(() => createPrivateKey(file));
  return key !== undefined && certificate.checkPrivateKey(key);
}

/** Returns the result of `read`, or undefined for a damaged file, which is then made again. */
function parsed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // OpenSSL names what it cannot read.
    if (isError(error) && 'code' in error) return undefined;
    throw error;
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
