import { type Bytes, concat, type TranscriptHash, wipe } from '../bytes.ts';
import { deriveAesKey, deriveBytes, deriveMacKey, importKeyMaterial } from '../crypto/hkdf.ts';
import type { Subtle } from '../crypto/subtle.ts';

/** Which side of the session this is; the client sent the hello (protocol page, section 3). */
export type Role = 'client' | 'server';

/** The four 32-byte secrets of a handshake. `combineSecrets` takes them over and overwrites them. */
export interface HandshakeSecrets {
  readonly clientSessionKey: Bytes;
  readonly serverSessionKey: Bytes;
  readonly x25519Secret: Bytes;
  readonly kemSecret: Bytes;
}

/**
 * Imports `ikm` as a non-extractable HKDF key; every part's buffer is overwritten (protocol page, section 3, key
 * schedule).
 */
export async function combineSecrets(subtle: Subtle, secrets: HandshakeSecrets): Promise<CryptoKey> {
  const parts = [secrets.clientSessionKey, secrets.serverSessionKey, secrets.x25519Secret, secrets.kemSecret];
  const ikm = concat(...parts);
  wipe(...parts);
  return importKeyMaterial(subtle, ikm);
}

/** The keys of the two challenges, salted with th_keys. */
export interface HandshakeKeys {
  readonly client: CryptoKey;
  readonly server: CryptoKey;
}

/** Derives both handshake keys (protocol page, section 3, key schedule). */
export async function deriveHandshakeKeys(
  subtle: Subtle,
  ikm: CryptoKey,
  thKeys: TranscriptHash,
  role: Role,
): Promise<HandshakeKeys> {
  const [client, server] = await Promise.all([
    deriveAesKey(subtle, ikm, thKeys, 'client handshake key', [role === 'client' ? 'encrypt' : 'decrypt']),
    deriveAesKey(subtle, ikm, thKeys, 'server handshake key', [role === 'server' ? 'encrypt' : 'decrypt']),
  ]);
  return { client, server };
}

/** Every key of one epoch of a session. All are non-extractable; the IVs are 12 bytes each. */
export interface SessionKeys {
  readonly clientKey: CryptoKey;
  readonly serverKey: CryptoKey;
  readonly clientIv: Bytes;
  readonly serverIv: Bytes;
  readonly hmacKey: CryptoKey;
  readonly resumptionKey: CryptoKey;
  readonly updateKey: CryptoKey;
  /** 32 bytes: RFC 8446-style exporter output. The caller owns the buffer. */
  readonly exporter: Bytes;
}

/**
 * Derives the keys of an epoch from `ikm` and `salt` (th3 after a handshake; protocol page, section 3, key schedule).
 * Each traffic key can be used in the one direction that `role` has for it.
 */
export async function deriveSessionKeys(subtle: Subtle, ikm: CryptoKey, salt: Bytes, role: Role): Promise<SessionKeys> {
  const [clientKey, serverKey, clientIv, serverIv, hmacKey, resumptionKey, updateKey, exporter] = await Promise.all([
    deriveAesKey(subtle, ikm, salt, 'client key', [role === 'client' ? 'encrypt' : 'decrypt']),
    deriveAesKey(subtle, ikm, salt, 'server key', [role === 'server' ? 'encrypt' : 'decrypt']),
    deriveBytes(subtle, ikm, salt, 'client iv', 12),
    deriveBytes(subtle, ikm, salt, 'server iv', 12),
    deriveMacKey(subtle, ikm, salt, 'hmac key'),
    deriveMacKey(subtle, ikm, salt, 'resumption'),
    deriveMacKey(subtle, ikm, salt, 'update'),
    deriveBytes(subtle, ikm, salt, 'exporter', 32),
  ]);
  return { clientKey, serverKey, clientIv, serverIv, hmacKey, resumptionKey, updateKey, exporter };
}
