import type { SecretName, TranscriptName } from '../../protocol/trace.ts';

/** What only exists as a step between others. */
type StepName =
  | 'server_rsa'
  | 'client_rsa'
  | 'x25519_pairs'
  | 'ml_kem_pair'
  | 'ikm'
  | 'handshake_hkdf'
  | 'session_hkdf';

/** Something in the key schedule (protocol page, section 3). */
export type NodeId = SecretName | TranscriptName | StepName;

/** How long something lasts. */
type Lifetime = 'public' | 'kept' | 'handshake' | 'session';

/** A node of the graph. */
export interface ScheduleNode {
  readonly id: NodeId;
  readonly kind: 'private key' | 'secret' | 'transcript' | 'derivation' | 'key';
  /** `{client}` and `{server}` stand for the agents' names. */
  readonly name: string;
  readonly what: string;
  readonly lifetime: Lifetime;
  /** What it is computed from. */
  readonly from: readonly NodeId[];
}

const node = (
  id: NodeId,
  kind: ScheduleNode['kind'],
  lifetime: Lifetime,
  name: string,
  what: string,
  ...from: readonly NodeId[]
): ScheduleNode => ({ id, kind, name, what, lifetime, from });

const aes = 'AES-256-GCM, 32 bytes, not extractable.';

/** The key schedule as the protocol page has it: every node and what it comes from. */
export const schedule: readonly ScheduleNode[] = [
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
  node('x25519_pairs', 'private key', 'handshake', 'X25519 pairs', 'One of each side, made for this session.'),
  node('ml_kem_pair', 'private key', 'handshake', 'ML-KEM-768 pair', 'The client’s, made for this session.'),
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
  node('client_key', 'key', 'session', 'client key', `${aes} Encrypts what {client} says.`, 'session_hkdf'),
  node('server_key', 'key', 'session', 'server key', `${aes} Encrypts what {server} says.`, 'session_hkdf'),
  node('client_iv', 'key', 'session', 'client iv', '12 bytes: with the number of each message its IV.', 'session_hkdf'),
  node('server_iv', 'key', 'session', 'server iv', '12 bytes: with the number of each message its IV.', 'session_hkdf'),
  node('hmac_key', 'key', 'handshake', 'hmac key', 'HMAC-SHA-256: confirms the whole handshake.', 'session_hkdf'),
  node(
    'resumption',
    'key',
    'handshake',
    'resumption',
    'HMAC-SHA-256: for a later session without RSA.',
    'session_hkdf',
  ),
  node('update', 'key', 'handshake', 'update', 'HMAC-SHA-256: for the next epoch.', 'session_hkdf'),
  node(
    'exporter',
    'key',
    'handshake',
    'exporter',
    '32 bytes for the fingerprint that both sides compare; overwritten.',
    'session_hkdf',
  ),
];

const byId = new Map(schedule.map((each) => [each.id, each]));

/** The node of an id that came from an address. */
export function nodeOf(id: string | undefined): ScheduleNode | undefined {
  return schedule.find((each) => each.id === id);
}

/** Everything a node is computed from, directly or not. */
export function ancestors(id: NodeId): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  const walk = (each: NodeId) => {
    for (const parent of byId.get(each)?.from ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      walk(parent);
    }
  };
  walk(id);
  return found;
}

/** Everything that is computed from a node. */
export function descendants(id: NodeId): ReadonlySet<NodeId> {
  return new Set(schedule.filter((each) => ancestors(each.id).has(id)).map((each) => each.id));
}

/** Who could compute a node: read from what it depends on. While the handshake runs, its own keys are not gone yet. */
export function whoCould(id: NodeId, isRunning: boolean): string {
  const needed = new Set<NodeId>([id, ...ancestors(id)]);
  if (byId.get(id)?.kind === 'transcript') return 'Public: whoever has the messages can compute it.';
  const rsa = (['server_rsa', 'client_rsa'] as const).filter((key) => needed.has(key));
  const parts = [
    ...(rsa.length === 2
      ? ['both agents’ RSA keys']
      : rsa.map((key) => (key === 'server_rsa' ? '{server}’s RSA key' : '{client}’s RSA key'))),
    ...(needed.has('x25519_pairs')
      ? [
          id === 'x25519_pairs' || id === 'x25519_secret'
            ? 'an X25519 private key of this session'
            : 'the X25519 secret',
        ]
      : []),
    ...(needed.has('ml_kem_pair')
      ? [
          id === 'ml_kem_pair' || id === 'ml_kem_secret'
            ? 'the ML-KEM private key of this session'
            : 'the ML-KEM secret',
        ]
      : []),
  ];
  const gone = ['x25519_pairs', 'ml_kem_pair'].filter((key) => [...needed].some((each) => each === key)).length;
  const end =
    gone === 0
      ? 'That key is kept, so RSA alone does not protect it later.'
      : `${gone === 2 ? 'The last two' : 'It'} ${isRunning ? 'may still exist: the handshake is not over.' : gone === 2 ? 'no longer exist.' : 'no longer exists.'}`;
  return `Needs ${listed(parts)}. ${end}`;
}

function listed(parts: readonly string[]): string {
  const [last = '', ...before] = [...parts].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}
