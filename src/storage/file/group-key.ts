import { createHash, createPrivateKey, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const info = 'parley/1 group records\0';

/**
 * Returns the secret that servers with one CA share: HKDF-SHA-256 (RFC 5869) of the CA's private key, salted with the hash of
 * its certificate. It is derived whenever the key is read and stored nowhere. However the PEM file spells the key, the
 * secret is the same.
 */
export function deriveGroupKey(privateKey: Uint8Array, certificate: Uint8Array): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  const spelled = key.export({ format: 'der', type: 'pkcs8' });
  const secret = new Uint8Array(
    hkdfSync('sha256', spelled, createHash('sha256').update(certificate).digest(), info, 32),
  );
  spelled.fill(0);
  try {
    return createSecretKey(secret);
  } finally {
    secret.fill(0);
  }
}
