import { aes, node, type ScheduleNode } from './schedule-model.ts';

/** What both sides make afresh, and what they agree on: the same in a handshake and in a resumption. */
export const shares: readonly ScheduleNode[] = [
  node('x25519_pairs', 'private key', 'handshake', 'X25519 pairs', 'One of each side, made for this session.'),
  node('ml_kem_pair', 'private key', 'handshake', 'ML-KEM-768 pair', 'The client’s, made for this session.'),
  node(
    'x25519_secret',
    'secret',
    'handshake',
    'X25519 secret',
    '32 bytes agreed from both sides’ shares.',
    'x25519_pairs',
  ),
  node(
    'ml_kem_secret',
    'secret',
    'handshake',
    'ML-KEM secret',
    '32 bytes that {server} made and {client} opened.',
    'ml_kem_pair',
  ),
];

/** The keys of a session, all of them out of the last derivation. */
export const sessionKeys: readonly ScheduleNode[] = [
  node('client_key', 'key', 'session', 'client key', `${aes} Encrypts the messages of {client}.`, 'session_hkdf'),
  node('server_key', 'key', 'session', 'server key', `${aes} Encrypts the messages of {server}.`, 'session_hkdf'),
  node('client_iv', 'key', 'session', 'client iv', '12 bytes: with the number of each message its IV.', 'session_hkdf'),
  node('server_iv', 'key', 'session', 'server iv', '12 bytes: with the number of each message its IV.', 'session_hkdf'),
  node('hmac_key', 'key', 'handshake', 'hmac key', 'HMAC-SHA-256: confirms the whole handshake.', 'session_hkdf'),
  node(
    'resumption',
    'key',
    'resumable',
    'resumption',
    'HMAC-SHA-256, not extractable. Resumes this session after a reload: once, within 24 hours, in one round trip without RSA.',
    'session_hkdf',
  ),
  node('update', 'key', 'session', 'update', 'HMAC-SHA-256: for the next epoch.', 'session_hkdf'),
  node(
    'exporter',
    'key',
    'handshake',
    'exporter',
    '32 bytes for the fingerprint that both sides compare; overwritten.',
    'session_hkdf',
  ),
];
