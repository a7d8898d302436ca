import { type Bytes, toHex, wipe } from '../bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { deriveBytes } from '../crypto/hkdf.ts';
import type { Subtle } from '../crypto/subtle.ts';
import type { Fingerprints, SecretName } from '../trace/events.ts';
import type { HandshakeSecrets } from './key-schedule.ts';

const handshakeKeys: readonly SecretName[] = ['client_handshake_key', 'server_handshake_key'];
const sessionKeys: readonly SecretName[] = [
  'client_key',
  'server_key',
  'client_iv',
  'server_iv',
  'hmac_key',
  'resumption',
  'update',
  'exporter',
];

/** Returns four bytes as `9c:41:7f:02`. */
export function formatFingerprint(bytes: Uint8Array): string {
  return toHex(bytes.subarray(0, 4)).replace(/(..)(?=.)/g, '$1:');
}

/**
 * Returns the fingerprints of the four secrets that go into the key schedule: a hash of a hash of each. They are read
 * before this returns.
 */
export async function fingerprintSecrets(subtle: Subtle, secrets: HandshakeSecrets): Promise<Fingerprints> {
  const twice = async (secret: Bytes) => formatFingerprint(await sha256(subtle, await sha256(subtle, secret)));
  const [client, server, x25519, kem] = await Promise.all([
    twice(secrets.clientSessionKey),
    twice(secrets.serverSessionKey),
    twice(secrets.x25519Secret),
    twice(secrets.kemSecret),
  ]);
  return [
    ['client_session_key', client],
    ['server_session_key', server],
    ['x25519_secret', x25519],
    ['ml_kem_secret', kem],
  ];
}

/** Returns the fingerprints of both handshake keys; see `fingerprintSessionKeys`. */
export async function fingerprintHandshakeKeys(subtle: Subtle, ikm: CryptoKey, thKeys: Bytes): Promise<Fingerprints> {
  return named(handshakeKeys, await deriveBytes(subtle, ikm, thKeys, 'handshake fingerprints', 8));
}

/**
 * Returns the fingerprints of every key of an epoch. The keys are never bytes, so their fingerprints are derived
 * beside them, by HKDF from the same `ikm` and `salt` under a label of their own: equal on both sides exactly when
 * the keys are.
 */
export async function fingerprintSessionKeys(subtle: Subtle, ikm: CryptoKey, salt: Bytes): Promise<Fingerprints> {
  return named(sessionKeys, await deriveBytes(subtle, ikm, salt, 'session fingerprints', 32));
}

/**
 * Returns four bytes that are equal on both sides when the key schedules are, as `9c:41:7f:02`: a hash of a hash of
 * the exporter output, whose buffer is overwritten.
 */
export async function takeKeyFingerprint(subtle: Subtle, exporter: Bytes): Promise<string> {
  const digest = await sha256(subtle, await sha256(subtle, exporter));
  wipe(exporter);
  return formatFingerprint(digest);
}

function named(names: readonly SecretName[], bytes: Uint8Array): Fingerprints {
  return names.map((name, i) => [name, formatFingerprint(bytes.subarray(4 * i))]);
}
