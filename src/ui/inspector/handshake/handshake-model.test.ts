import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../../protocol/trace/events.ts';
import { handshakeModel } from './handshake-model.ts';
import {
  clientEvents,
  did,
  established,
  failed,
  modelOf,
  moved,
  passed,
  received,
  refused,
  sent,
  serverEvents,
} from './testing/events.ts';
import { outline } from './testing/outline.ts';

describe('the diagram', () => {
  test('of the client', () => {
    expect(outline(modelOf(clientEvents, 'client').rows)).toEqual([
      'client works make_key_shares,sign',
      'client sends CLIENT_HELLO',
      'server accepted CLIENT_HELLO',
      'server sends SERVER_HELLO',
      'client works shape,timestamp,derive_handshake_keys',
      'client sends CLIENT_CONFIRM',
      'server accepted CLIENT_CONFIRM',
      'server sends SESSION_ESTABLISHED',
      'client works confirmation',
      'client established',
    ]);
  });

  test('of the server, who never learns whether the client accepted the end', () => {
    const { rows } = modelOf(
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
      'server established',
    ]);
  });

  test('every prefix of a handshake says whose move is next, and only the whole does not', () => {
    const next = clientEvents.map((_, i) => outline(modelOf(clientEvents.slice(0, i + 1), 'client').rows).at(-1));
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
      'client established',
    ]);
  });

  test('nothing recorded is an empty diagram', () => {
    expect(modelOf([], 'client')).toEqual({ rows: [], updates: [], afterwards: { latest: [], refused: 0 } });
  });

  test('keeps notes and durations as they were recorded', () => {
    const { rows } = modelOf([passed('SERVER_HELLO', 'timestamp', '+1 s')], 'client');
    expect(rows[0]).toEqual({
      kind: 'work',
      side: 'client',
      steps: [{ kind: 'check', of: 'SERVER_HELLO', check: 'timestamp', duration: 0.2, note: '+1 s' }],
    });
  });

  test('the same message twice has two ids', () => {
    const { rows } = modelOf([received('PROBLEM'), received('PROBLEM')], 'client');
    expect(rows.map((row) => (row.kind === 'message' ? row.id : row.kind))).toEqual([
      'PROBLEM',
      'PROBLEM-2',
      'waiting',
    ]);
  });
});

describe('a failed handshake', () => {
  test('refused by the peer: its PROBLEM is an arrow', () => {
    const { rows } = modelOf([sent('CLIENT_HELLO'), received('PROBLEM'), failed], 'client');
    expect(outline(rows)).toEqual([
      'client sends CLIENT_HELLO',
      'server refused CLIENT_HELLO',
      'server sends PROBLEM',
      'client failed',
    ]);
  });

  test('refused here: the check carries its code', () => {
    const { rows } = modelOf([received('CLIENT_HELLO'), refused('CLIENT_HELLO', 'signature'), failed], 'server');
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
      { kind: 'ending', server: { kind: 'failed', code: 'signature_invalid', detail: 'It does not verify.' } },
    ]);
  });
});

describe('the diagram of both ends', () => {
  const both = (client: readonly TraceEvent[], server: readonly TraceEvent[], status?: 'FAILED' | 'ESTABLISHED') =>
    handshakeModel(
      [
        { role: 'client', events: client },
        { role: 'server', events: server },
      ],
      status,
    ).rows;

  test('takes turns, whatever the clocks say', () => {
    expect(outline(both(clientEvents, serverEvents))).toEqual([
      'client works make_key_shares,sign',
      'client sends CLIENT_HELLO',
      'server works fetch_revocation_list,shape,sign',
      'server sends SERVER_HELLO',
      'client works shape,timestamp,derive_handshake_keys',
      'client sends CLIENT_CONFIRM',
      'server works signature',
      'server sends SESSION_ESTABLISHED',
      'client works confirmation',
      'client established server established',
    ]);
  });

  test('a message that arrived as another shows both', () => {
    const changed = moved('received', 'CLIENT_HELLO', '{"nonce":"x"}');
    const rows = both(
      [sent('CLIENT_HELLO'), received('PROBLEM'), failed],
      [changed, refused('CLIENT_HELLO', 'signature'), failed],
      'FAILED',
    );
    expect(outline(rows)).toEqual([
      'client sends CLIENT_HELLO, altered',
      'server works signature',
      'server sends PROBLEM',
      'client failed server failed',
    ]);
    expect(rows[0]).toMatchObject({ body: '{"nonce":"x"}', sentBody: '{}' });
  });

  test('a message that never arrived, and one that its sender never sent', () => {
    expect(
      outline(
        both(
          [sent('CLIENT_HELLO'), received('SERVER_HELLO'), refused('SERVER_HELLO', 'signature'), failed],
          [did('fetch_revocation_list')],
          'FAILED',
        ),
      ),
    ).toEqual([
      'client sends CLIENT_HELLO, lost',
      'server sends SERVER_HELLO, injected',
      'client works signature',
      'server works fetch_revocation_list',
      'client failed',
    ]);
  });

  test('while it is under way nothing counts as lost', () => {
    const rows = both([sent('CLIENT_HELLO')], [did('fetch_revocation_list')]);
    expect(outline(rows)[0]).toBe('client sends CLIENT_HELLO');
  });
});

describe('messages after the handshake', () => {
  const envelope = [passed('ENVELOPE', 'session'), passed('ENVELOPE', 'signature'), passed('ENVELOPE', 'decryption')];

  test('stay out of the diagram', () => {
    const { rows } = modelOf([...clientEvents, did('encrypt_message'), ...envelope], 'client');
    expect(rows).toEqual(modelOf(clientEvents, 'client').rows);
  });

  test('the latest envelope alone is listed', () => {
    const bad = [passed('ENVELOPE', 'session'), refused('ENVELOPE', 'signature')];
    const checks = (events: readonly TraceEvent[]) =>
      modelOf(events, 'client').afterwards.latest.map((step) => (step.kind === 'check' ? step.check : ''));
    expect(checks([...envelope, ...envelope])).toEqual(['session', 'signature', 'decryption']);
    expect(checks([...envelope, ...bad])).toEqual(['session', 'signature']);
    expect(checks([...bad, ...envelope.slice(0, 1)])).toEqual(['session']);
  });

  test('refusals are counted', () => {
    const events = [refused('ENVELOPE', 'sequence'), ...envelope, refused('ENVELOPE', 'session')];
    expect(modelOf(events, 'server').afterwards.refused).toBe(2);
  });
});
