import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTlsCertificate } from '../../pki/tls-certificate.ts';
import { guarded } from '../guarded.ts';
import { writePem } from './pem.ts';
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

/** The self-signed certificate of `hostname` in `folder`, made at first use and near its end. Rejects with `storage_failed`. */
export async function loadOrCreateTls(folder: string, hostname: string): Promise<TlsFiles> {
  const [cert, key] = [join(folder, 'tls-cert.pem'), join(folder, 'tls-key.pem')];
  return guarded(async () => {
    const found = await readCertificate(cert);
    const isGood =
      found !== undefined &&
      found.validToDate.getTime() - Date.now() > renewBefore &&
      (found.checkHost(hostname) ?? found.checkIP(hostname)) !== undefined;
    if (isGood) return { cert, key, fingerprint: found.fingerprint256 };
    await mkdir(folder, { recursive: true, mode: 0o700 });
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
  try {
    return new X509Certificate(await readFile(path));
  } catch {
    return undefined;
  }
}
