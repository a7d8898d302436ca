import { expect, test } from 'vitest';
import { Records } from './records.ts';
import type { SessionView } from './views.ts';

function session(sessionId: string, status: SessionView['status']): SessionView {
  return {
    sessionId,
    status,
    peerId: 'helper_agent_001',
    peerAddress: 'https://localhost:5001',
    role: 'server',
    createdAt: 0,
    expiresAt: 3_600,
    sent: 0,
    received: 0,
    unreachable: false,
  };
}

test('a flood of refused handshakes forgets old refusals and never a living session', () => {
  const records = new Records(() => undefined);
  records.putSession(session('alive', 'ESTABLISHED'));
  records.putSession(session('opening', 'HANDSHAKING'));
  for (let count = 0; count < 1_000; count++) {
    const id = `refused ${count}`;
    records.trace(id, { kind: 'failed', at: 0, code: 'signature_invalid', detail: '' });
    records.putSession(session(id, 'FAILED'));
  }
  const { sessions, traces } = records.snapshot();
  expect(sessions).toHaveLength(302);
  expect(Object.keys(traces)).toHaveLength(300);
  expect(sessions.slice(0, 2).map(({ sessionId }) => sessionId)).toEqual(['alive', 'opening']);
  expect(sessions.at(-1)?.sessionId).toBe('refused 999');
});
