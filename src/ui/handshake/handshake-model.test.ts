import { describe, expect, test } from 'vitest';
import type { CheckName, MessageName, OperationName, TraceEvent } from '../../protocol/trace.ts';
import { handshakeModel, type Row } from './handshake-model.ts';

const moved = (direction: 'sent' | 'received', message: MessageName): TraceEvent => ({
  kind: 'message',
  at: 1,
  direction,
  message,
  body: '{}',
  size: 2,
});
const sent = (message: MessageName) => moved('sent', message);
const received = (message: MessageName) => moved('received', message);
const passed = (of: MessageName, check: CheckName, note?: string): TraceEvent => ({
  kind: 'check',
  at: 1,
  of,
  check,
  duration: 0.2,
  outcome: 'passed',
  ...(note === undefined ? {} : { note }),
});
const refused = (of: MessageName, check: CheckName): TraceEvent => ({
  kind: 'check',
  at: 1,
  of,
  check,
  duration: 0.2,
  outcome: 'failed',
  code: 'signature_invalid',
  detail: 'It does not verify.',
});
const did = (operation: OperationName): TraceEvent => ({ kind: 'operation', at: 1, operation, duration: 1.5 });
const established: TraceEvent = { kind: 'established', at: 2, keyFingerprint: '9c:41:7f:02', expiresAt: 3_600 };
const failed: TraceEvent = { kind: 'failed', at: 2, code: 'signature_invalid', detail: 'It does not verify.' };

/** The diagram in one word a line. */
const outline = (rows: readonly Row[]) =>
  rows.map((row) => {
    switch (row.kind) {
      case 'message':
        return `${row.from} sends ${row.id}`;
      case 'work':
        return `${row.side} works ${row.steps.map((step) => (step.kind === 'check' ? step.check : step.operation)).join(',')}`;
      case 'elsewhere':
        return `${row.side} ${row.outcome} ${row.of}`;
      case 'waiting':
        return `${row.side} is next`;
      default:
        return row.kind;
    }
  });

const clientEvents = [
  did('make_key_shares'),
  did('sign'),
  sent('CLIENT_HELLO'),
  received('SERVER_HELLO'),
  passed('SERVER_HELLO', 'shape'),
  passed('SERVER_HELLO', 'timestamp', '+1 s'),
  did('derive_handshake_keys'),
  sent('CLIENT_CONFIRM'),
  received('SESSION_ESTABLISHED'),
  passed('SESSION_ESTABLISHED', 'confirmation'),
  established,
];

describe('the diagram', () => {
  test('of the client', () => {
    expect(outline(handshakeModel(clientEvents, 'client').rows)).toEqual([
      'client works make_key_shares,sign',
      'client sends CLIENT_HELLO',
      'server accepted CLIENT_HELLO',
      'server sends SERVER_HELLO',
      'client works shape,timestamp,derive_handshake_keys',
      'client sends CLIENT_CONFIRM',
      'server accepted CLIENT_CONFIRM',
      'server sends SESSION_ESTABLISHED',
      'client works confirmation',
      'established',
    ]);
  });

  test('of the server, who never learns whether the client accepted the end', () => {
    const { rows } = handshakeModel(
      [
        received('CLIENT_HELLO'),
        passed('CLIENT_HELLO', 'shape'),
        sent('SERVER_HELLO'),
        received('CLIENT_CONFIRM'),
        passed('CLIENT_CONFIRM', 'signature'),
        sent('SESSION_ESTABLISHED'),
        established,
      ],
      'server',
    );
    expect(outline(rows)).toEqual([
      'client sends CLIENT_HELLO',
      'server works shape',
      'server sends SERVER_HELLO',
      'client accepted SERVER_HELLO',
      'client sends CLIENT_CONFIRM',
      'server works signature',
      'server sends SESSION_ESTABLISHED',
      'client unknown SESSION_ESTABLISHED',
      'established',
    ]);
  });

  test('every prefix of a handshake says whose move is next, and only the whole does not', () => {
    const next = clientEvents.map((_, i) =>
      outline(handshakeModel(clientEvents.slice(0, i + 1), 'client').rows).at(-1),
    );
    expect(next).toEqual([
      'client is next',
      'client is next',
      'server is next',
      'client is next',
      'client is next',
      'client is next',
      'client is next',
      'server is next',
      'client is next',
      'client is next',
      'established',
    ]);
  });

  test('nothing recorded is an empty diagram', () => {
    expect(handshakeModel([], 'client')).toEqual({ rows: [], afterwards: { latest: [], refused: 0 } });
  });

  test('keeps notes and durations as they were recorded', () => {
    const { rows } = handshakeModel([passed('SERVER_HELLO', 'timestamp', '+1 s')], 'client');
    expect(rows[0]).toEqual({
      kind: 'work',
      side: 'client',
      steps: [{ kind: 'check', of: 'SERVER_HELLO', check: 'timestamp', duration: 0.2, note: '+1 s' }],
    });
  });

  test('the same message twice has two ids', () => {
    const { rows } = handshakeModel([received('PROBLEM'), received('PROBLEM')], 'client');
    expect(rows.map((row) => (row.kind === 'message' ? row.id : row.kind))).toEqual([
      'PROBLEM',
      'PROBLEM-2',
      'waiting',
    ]);
  });
});

describe('a failed handshake', () => {
  test('refused by the peer: its PROBLEM is an arrow', () => {
    const { rows } = handshakeModel([sent('CLIENT_HELLO'), received('PROBLEM'), failed], 'client');
    expect(outline(rows)).toEqual([
      'client sends CLIENT_HELLO',
      'server refused CLIENT_HELLO',
      'server sends PROBLEM',
      'failed',
    ]);
  });

  test('refused here: the check carries its code, and the server says that it answered so', () => {
    const { rows } = handshakeModel([received('CLIENT_HELLO'), refused('CLIENT_HELLO', 'signature'), failed], 'server');
    expect(rows.slice(1)).toEqual([
      {
        kind: 'work',
        side: 'server',
        steps: [
          {
            kind: 'check',
            of: 'CLIENT_HELLO',
            check: 'signature',
            duration: 0.2,
            refusal: { code: 'signature_invalid', detail: 'It does not verify.' },
          },
        ],
      },
      { kind: 'failed', code: 'signature_invalid', detail: 'It does not verify.', answered: true },
    ]);
  });

  test('a client that refuses sends nothing', () => {
    const { rows } = handshakeModel([received('SERVER_HELLO'), refused('SERVER_HELLO', 'signature'), failed], 'client');
    expect(rows.at(-1)).toMatchObject({ kind: 'failed', answered: false });
  });
});

describe('messages after the handshake', () => {
  const envelope = [passed('ENVELOPE', 'session'), passed('ENVELOPE', 'signature'), passed('ENVELOPE', 'decryption')];

  test('stay out of the diagram', () => {
    const { rows } = handshakeModel([...clientEvents, did('encrypt_message'), ...envelope], 'client');
    expect(rows).toEqual(handshakeModel(clientEvents, 'client').rows);
  });

  test('the latest envelope alone is listed', () => {
    const bad = [passed('ENVELOPE', 'session'), refused('ENVELOPE', 'signature')];
    const checks = (events: readonly TraceEvent[]) =>
      handshakeModel(events, 'client').afterwards.latest.map((step) => (step.kind === 'check' ? step.check : ''));
    expect(checks([...envelope, ...envelope])).toEqual(['session', 'signature', 'decryption']);
    expect(checks([...envelope, ...bad])).toEqual(['session', 'signature']);
    expect(checks([...bad, ...envelope.slice(0, 1)])).toEqual(['session']);
  });

  test('refusals are counted', () => {
    const events = [refused('ENVELOPE', 'sequence'), ...envelope, refused('ENVELOPE', 'session')];
    expect(handshakeModel(events, 'server').afterwards.refused).toBe(2);
  });
});
