import { derivationSpot, halfSpot, inputSpots, narrowInputs, narrowOutputs, outputSpots, rails } from './layout.ts';
import { aes, type NodeId, node, type Schedule, type ScheduleNode, type Spot } from './schedule-model.ts';
import { sessionKeys, shares } from './shared-nodes.ts';

const nodes: readonly ScheduleNode[] = [
  node('th0', 'transcript', 'public', 'th0', 'SHA-256 of the transcript’s label: where every handshake starts.'),
  node('th1', 'transcript', 'public', 'th1', 'SHA-256 over th0 and the whole CLIENT_HELLO.', 'th0'),
  node(
    'th_keys',
    'transcript',
    'public',
    'th_keys',
    'SHA-256 over th1 and the SERVER_HELLO before its challenge and signature.',
    'th1',
  ),
  node('th2', 'transcript', 'public', 'th2', 'SHA-256 over th1 and the whole SERVER_HELLO.', 'th1'),
  node('th3', 'transcript', 'public', 'th3', 'SHA-256 over th2 and the CLIENT_CONFIRM: the whole handshake.', 'th2'),
  node(
    'server_rsa',
    'private key',
    'kept',
    '{server}’s RSA key',
    'RSA-OAEP, long-term, in the browser’s storage, not extractable.',
  ),
  node(
    'client_rsa',
    'private key',
    'kept',
    '{client}’s RSA key',
    'RSA-OAEP, long-term, in the browser’s storage, not extractable.',
  ),
  ...shares,
  node(
    'client_session_key',
    'secret',
    'handshake',
    'client session key',
    '32 random bytes of {client}, sent under {server}’s RSA key.',
    'server_rsa',
  ),
  node(
    'server_session_key',
    'secret',
    'handshake',
    'server session key',
    '32 random bytes of {server}, sent under {client}’s RSA key.',
    'client_rsa',
  ),
  node(
    'ikm',
    'derivation',
    'handshake',
    'ikm',
    'The four secrets, 128 bytes, as a key of HKDF that is not extractable.',
    'client_session_key',
    'server_session_key',
    'x25519_secret',
    'ml_kem_secret',
  ),
  node(
    'handshake_hkdf',
    'derivation',
    'handshake',
    'HKDF, th_keys',
    'HKDF-SHA-256 with th_keys as its salt (RFC 5869).',
    'ikm',
    'th_keys',
  ),
  node(
    'session_hkdf',
    'derivation',
    'handshake',
    'HKDF, th3',
    'HKDF-SHA-256 with th3 as its salt (RFC 5869).',
    'ikm',
    'th3',
  ),
  node(
    'client_handshake_key',
    'key',
    'handshake',
    'client handshake key',
    `${aes} Encrypts the answer to {server}’s challenge.`,
    'handshake_hkdf',
  ),
  node(
    'server_handshake_key',
    'key',
    'handshake',
    'server handshake key',
    `${aes} Encrypts {server}’s challenge.`,
    'handshake_hkdf',
  ),
  ...sessionKeys,
];

const transcript: readonly NodeId[] = ['th0', 'th1', 'th2', 'th3'];
const inputs: readonly (readonly [key: NodeId, secret: NodeId])[] = [
  ['server_rsa', 'client_session_key'],
  ['client_rsa', 'server_session_key'],
  ['x25519_pairs', 'x25519_secret'],
  ['ml_kem_pair', 'ml_kem_secret'],
];

const handshakeKeys: readonly NodeId[] = ['client_handshake_key', 'server_handshake_key'];
const keysOfSession = sessionKeys.map(({ id }) => id);

/** The transcript along the top, from the keys at the left to the keys at the right. */
const wideSpots: ReadonlyMap<NodeId, Spot> = new Map<NodeId, Spot>([
  ...transcript.map((id, i): [NodeId, Spot] => [id, { x: 14.5 * i, width: 12, row: 0 }]),
  ['th_keys', { x: 61, width: 12, row: 1 }],
  ...inputSpots(inputs, 3),
  ['ikm', { x: 45, width: 8, row: 6 }],
  ['handshake_hkdf', { x: 60, width: 14, row: 2.5 }],
  ['session_hkdf', { x: 60, width: 14, row: 7 }],
  ...outputSpots([...handshakeKeys, ...keysOfSession], 1.25),
]);

/** The transcript along the top, then from what the secrets come from down to the keys. */
const narrowSpots: ReadonlyMap<NodeId, Spot> = new Map<NodeId, Spot>([
  ...transcript.map((id, i): [NodeId, Spot] => [
    id,
    { x: 5 + 23 * i, width: 19, row: 0, ...(id === 'th3' ? { rail: rails.right } : {}) },
  ]),
  ['th_keys', { x: 28, width: 19, row: 1, rail: rails.left }],
  ...narrowInputs(inputs, 2.25),
  ['ikm', halfSpot('right', 6.5)],
  ['handshake_hkdf', derivationSpot('left', 7.75)],
  ['session_hkdf', derivationSpot('right', 7.75)],
  ...narrowOutputs(handshakeKeys, 'left', 8.75),
  ...narrowOutputs(keysOfSession, 'right', 8.75),
]);

/** The key schedule of a handshake (protocol page, section 3): every node and what it comes from. */
export const handshakeSchedule: Schedule = {
  beginning: 'handshake',
  source: 'parley/1, section 3',
  nodes,
  wide: { spots: wideSpots, rows: 11.5 },
  narrow: { spots: narrowSpots, rows: 16.75 },
};
