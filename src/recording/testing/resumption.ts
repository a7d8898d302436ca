import type { CheckName, MessageName, OperationName, SecretName, TraceEvent } from '../../protocol/trace/events.ts';
import type { Recording } from '../recording.ts';

/** A clock for events: every one is later than the one before. */
function script(from: number) {
  let at = from;
  const later = (ms: number) => {
    at += ms;
    return at;
  };
  return {
    did: (operation: OperationName, duration = 0.1): TraceEvent => ({
      kind: 'operation',
      at: later(duration),
      operation,
      duration,
    }),
    passed: (of: MessageName, ...checks: readonly CheckName[]): readonly TraceEvent[] =>
      checks.map((check) => ({ kind: 'check', at: later(0.05), of, check, duration: 0.05, outcome: 'passed' })),
    moved: (direction: 'sent' | 'received', message: MessageName, body: string, wait = 0.01): TraceEvent => ({
      kind: 'message',
      at: later(wait),
      direction,
      message,
      body,
      size: body.length,
    }),
    hashed: (...names: readonly ('th0' | 'tr1' | 'tr')[]): readonly TraceEvent[] =>
      names.map((name, i) => ({ kind: 'transcript', at: later(0), name, hash: String(i).repeat(64) })),
    derived: (): readonly TraceEvent[] =>
      secrets.map((of) => ({ kind: 'fingerprint', at: later(0), of, fingerprint: 'aa:bb:cc:dd' })),
    established: (): TraceEvent => ({
      kind: 'established',
      at: later(0.01),
      keyFingerprint: '9c:41:7f:02',
      expiresAt: 1_790_003_600,
    }),
  };
}

const secrets: readonly SecretName[] = [
  'resumption_key',
  'x25519_secret',
  'ml_kem_secret',
  'client_key',
  'server_key',
  'client_iv',
  'server_iv',
  'hmac_key',
  'resumption',
  'update',
  'exporter',
];

const hello = '{"message_type":"RESUME_HELLO"}';
const accept = '{"message_type":"RESUME_ACCEPT"}';

function clientEvents(): readonly TraceEvent[] {
  const { did, passed, moved, hashed, derived, established } = script(1_790_000_000_000);
  return [
    did('fetch_revocation_list', 0.2),
    ...passed('RESUME_HELLO', 'certificate'),
    did('make_key_shares'),
    did('reserve_session'),
    did('use_up_resumption'),
    did('sign'),
    did('make_binder'),
    ...hashed('th0', 'tr1'),
    moved('sent', 'RESUME_HELLO', hello),
    moved('received', 'RESUME_ACCEPT', accept, 3),
    ...passed('RESUME_ACCEPT', 'shape', 'session_id', 'timestamp', 'nonce', 'signature'),
    did('store_nonce'),
    ...hashed('tr'),
    ...passed('RESUME_ACCEPT', 'binder'),
    did('agree_x25519'),
    did('decapsulate'),
    ...passed('RESUME_ACCEPT', 'key_exchange'),
    did('derive_resumed_keys'),
    ...derived(),
    established(),
  ];
}

function serverEvents(): readonly TraceEvent[] {
  const { did, passed, moved, hashed, derived, established } = script(1_790_000_000_000.3);
  return [
    did('fetch_revocation_list', 0.1),
    moved('received', 'RESUME_HELLO', hello, 0.5),
    ...passed('RESUME_HELLO', 'shape', 'recipient', 'timestamp', 'nonce', 'session_id', 'room', 'resumption'),
    ...passed('RESUME_HELLO', 'signature', 'binder', 'certificate'),
    did('reserve_session'),
    did('store_nonce'),
    did('use_up_resumption'),
    did('make_key_shares'),
    did('agree_x25519'),
    did('encapsulate'),
    ...passed('RESUME_HELLO', 'key_exchange'),
    ...hashed('th0', 'tr1'),
    did('sign'),
    ...hashed('tr'),
    did('make_binder'),
    did('derive_resumed_keys'),
    ...derived(),
    moved('sent', 'RESUME_ACCEPT', accept),
    established(),
  ];
}

/** A session that was resumed, as both of its agents record one (protocol page, section 5). */
export function resumptionRecording(): Recording {
  return {
    session: {
      sessionId: '0f'.repeat(16),
      status: 'ESTABLISHED',
      createdAt: 1_790_000_000,
      expiresAt: 1_790_003_600,
      client: { agentId: 'traveller_agent_001', address: 'https://localhost:5000' },
      server: { agentId: 'helper_agent_001', address: 'https://localhost:5001' },
      resumes: 'a1b2c3d4'.repeat(4),
      handshakeMs: 1.2,
      keyFingerprint: '9c:41:7f:02',
    },
    ends: [
      { role: 'client', events: clientEvents() },
      { role: 'server', events: serverEvents() },
    ],
    wire: [],
  };
}

/** A resumption of a record that the server does not have, as both of its agents record it. */
export function refusedResumption(): Recording {
  const recording = resumptionRecording();
  const why = {
    code: 'resumption_unknown',
    detail: 'There is nothing to resume here. Make a new handshake.',
  } as const;
  const at = 1_790_000_000_004;
  const failed: TraceEvent = { kind: 'failed', at, ...why };
  const problem = JSON.stringify({ type: 'urn:parley:error:resumption_unknown', ...why });
  const untilHello = clientEvents().findIndex(({ kind }) => kind === 'message');
  const untilRecord = serverEvents().findIndex((event) => event.kind === 'check' && event.check === 'resumption');
  const { keyFingerprint: _, ...session } = recording.session;
  return {
    ...recording,
    session: { ...session, status: 'FAILED', failure: { ...why, title: 'There is nothing to resume' } },
    ends: [
      {
        role: 'client',
        events: [
          ...clientEvents().slice(0, untilHello + 1),
          { kind: 'message', at, direction: 'received', message: 'PROBLEM', body: problem, size: problem.length },
          failed,
        ],
      },
      {
        role: 'server',
        events: [
          ...serverEvents().slice(0, untilRecord),
          { kind: 'check', at, of: 'RESUME_HELLO', check: 'resumption', duration: 0.2, outcome: 'failed', ...why },
          failed,
        ],
      },
    ],
  };
}
