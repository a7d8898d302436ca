import { derivationSpot, halfSpot, inputSpots, narrowInputs, narrowOutputs, outputSpots, rails } from './layout.ts';
import { type NodeId, node, type Schedule, type ScheduleNode, type Spot } from './schedule-model.ts';
import { sessionKeys, shares } from './shared-nodes.ts';

const nodes: readonly ScheduleNode[] = [
  node('th0', 'transcript', 'public', 'th0', 'SHA-256 of the transcript’s label: where every resumption starts.'),
  node('tr1', 'transcript', 'public', 'tr1', 'SHA-256 over th0 and the whole RESUME_HELLO.', 'th0'),
  node('tr', 'transcript', 'public', 'tr', 'SHA-256 over tr1 and the RESUME_ACCEPT before its binder.', 'tr1'),
  node(
    'former_session',
    'derivation',
    'handshake',
    'the session before',
    'Its key schedule: with both agents’ RSA keys at its beginning, so their identities reach into this session.',
  ),
  node(
    'resumption_key',
    'secret',
    'handshake',
    'resumption key',
    'HMAC-SHA-256, from the session before. Used once, by both sides, and deleted. It also makes the binders.',
    'former_session',
  ),
  ...shares,
  node(
    'resume_mix',
    'derivation',
    'handshake',
    'resume mix',
    'HMAC-SHA-256 under the resumption key over the label “resume mix” and both fresh secrets.',
    'resumption_key',
    'x25519_secret',
    'ml_kem_secret',
  ),
  node(
    'ikm',
    'derivation',
    'handshake',
    'ikm',
    'The 32 bytes of the mix, as a key of HKDF that is not extractable.',
    'resume_mix',
  ),
  node(
    'session_hkdf',
    'derivation',
    'handshake',
    'HKDF, tr',
    'HKDF-SHA-256 with tr as its salt (RFC 5869).',
    'ikm',
    'tr',
  ),
  ...sessionKeys.map((key) =>
    key.id === 'hmac_key'
      ? { ...key, what: 'HMAC-SHA-256: comes out of the same derivation; the binders have confirmed all there is.' }
      : key,
  ),
];

const transcript: readonly NodeId[] = ['th0', 'tr1', 'tr'];
const inputs: readonly (readonly [from: NodeId, secret: NodeId])[] = [
  ['former_session', 'resumption_key'],
  ['x25519_pairs', 'x25519_secret'],
  ['ml_kem_pair', 'ml_kem_secret'],
];

const keysOfSession = sessionKeys.map(({ id }) => id);

/** The transcript along the top, from what there was at the left to the keys at the right. */
const wideSpots: ReadonlyMap<NodeId, Spot> = new Map<NodeId, Spot>([
  ...transcript.map((id, i): [NodeId, Spot] => [id, { x: 21 * i, width: 12, row: 0 }]),
  ...inputSpots(inputs, 2.5),
  ['resume_mix', { x: 43.5, width: 12, row: 4.5 }],
  ['ikm', { x: 58, width: 6, row: 4.5 }],
  ['session_hkdf', { x: 66.5, width: 10, row: 4.5 }],
  ...outputSpots(keysOfSession, 1.25),
]);

/** The transcript along the top, then from what there was down to the keys. */
const narrowSpots: ReadonlyMap<NodeId, Spot> = new Map<NodeId, Spot>([
  ...transcript.map((id, i): [NodeId, Spot] => [
    id,
    { x: 6 + 31 * i, width: 22, row: 0, ...(id === 'tr' ? { rail: rails.right } : {}) },
  ]),
  ...narrowInputs(inputs, 1.25),
  ['resume_mix', halfSpot('right', 4.5)],
  ['ikm', halfSpot('right', 5.75)],
  ['session_hkdf', derivationSpot('right', 7)],
  ...narrowOutputs(keysOfSession, 'right', 8),
]);

/** The key schedule of a resumption (protocol page, section 5). */
export const resumptionSchedule: Schedule = {
  beginning: 'resumption',
  source: 'parley/1, section 5',
  nodes,
  wide: { spots: wideSpots, rows: 9.5 },
  narrow: { spots: narrowSpots, rows: 16 },
};
