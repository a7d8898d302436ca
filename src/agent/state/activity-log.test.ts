import { expect, test } from 'vitest';
import type { AgentEvent, ExchangeView, SessionView, WireView } from '../contracts/views.ts';
import { ActivityLog } from './activity-log.ts';

function session(sessionId: string, status: SessionView['status'], peerId = 'helper_agent_001'): SessionView {
  return {
    sessionId,
    status,
    peerId,
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
  const activity = new ActivityLog(() => undefined);
  activity.putSession(session('alive', 'ESTABLISHED'));
  activity.putSession(session('opening', 'HANDSHAKING'));
  for (let count = 0; count < 1_000; count++) {
    const id = `refused ${count}`;
    activity.trace(id, { kind: 'failed', at: 0, code: 'signature_invalid', detail: '' });
    activity.putSession(session(id, 'FAILED'));
  }
  const { sessions, traces } = activity.snapshot();
  expect(sessions.length).toBeGreaterThan(250);
  expect(sessions.length).toBeLessThanOrEqual(302);
  expect(Object.keys(traces)).toHaveLength(sessions.length - 2);
  expect(sessions.slice(0, 2).map(({ sessionId }) => sessionId)).toEqual(['alive', 'opening']);
  expect(sessions.at(-1)?.sessionId).toBe('refused 999');
});

/** What a handshake leaves in a trace, with messages of a usual size. */
function traceHandshake(activity: ActivityLog, sessionId: string): void {
  for (const message of ['CLIENT_HELLO', 'SERVER_HELLO'] as const) {
    const body = 'x'.repeat(6_500);
    activity.trace(sessionId, { kind: 'message', at: 0, direction: 'sent', message, body, size: body.length });
  }
}

test('the traces of all sessions together take a bounded amount of memory, and a session says that its trace went', () => {
  const events: AgentEvent[] = [];
  const activity = new ActivityLog((event) => events.push(event));
  for (let count = 0; count < 1_000; count++) {
    const id = `session ${count}`;
    activity.putSession(session(id, 'ESTABLISHED', 'peer_agent_001'));
    traceHandshake(activity, id);
  }
  const { sessions, traces } = activity.snapshot();
  expect(JSON.stringify(traces).length).toBeLessThan(1_000_000);
  expect(Object.keys(traces).at(-1)).toBe('session 999');
  expect(sessions).toHaveLength(1_000);
  for (const { sessionId, isTraceDropped = false } of sessions) {
    expect(isTraceDropped).toBe(traces[sessionId] === undefined);
  }
  const told = events.flatMap((event) => (event.type === 'trimmed' ? event.traces : []));
  expect(told).toHaveLength(1_000 - Object.keys(traces).length);
  activity.trace('session 0', { kind: 'failed', at: 0, code: 'signature_invalid', detail: '' });
  expect(activity.snapshot().traces).not.toHaveProperty('session 0');
});

test('a peer that sends a lot pushes out what is shown of itself, and nothing of another peer', () => {
  const activity = new ActivityLog(() => undefined);
  const entry = (peerId: string, id: string, bytes: number): WireView => ({
    id,
    at: 0,
    direction: 'incoming',
    method: 'POST',
    url: 'https://localhost:5000/agent/message',
    peerId,
    status: 200,
    requestBody: 'x'.repeat(bytes),
    requestSize: bytes,
  });
  const exchange = (peerId: string, requestId: string, bytes: number): ExchangeView => ({
    requestId,
    sessionId: '',
    peerId,
    direction: 'incoming',
    method: 'echo',
    parameters: { text: 'x'.repeat(bytes) },
    at: 0,
    status: 'success',
  });
  activity.putWire(entry('quiet_agent_001', 'quiet', 100));
  activity.putExchange(exchange('quiet_agent_001', 'quiet', 100));
  for (let count = 0; count < 3_000; count++) {
    activity.putWire(entry('loud_agent_001', `loud ${count}`, 16_000));
    activity.putExchange(exchange('loud_agent_001', `loud ${count}`, 32_000));
  }
  const { wire, exchanges } = activity.snapshot();
  expect(wire[0]?.id).toBe('quiet');
  expect(exchanges[0]?.requestId).toBe('quiet');
  expect(wire.length).toBeLessThan(1_100);
  expect(exchanges.length).toBeLessThan(1_100);
  expect(wire.at(-1)?.id).toBe('loud 2999');
});

test('hellos in the name of a peer push out nothing of that peer', () => {
  const activity = new ActivityLog(() => undefined);
  activity.putSession({ ...session('real', 'ESTABLISHED', 'quiet_agent_001'), keyFingerprint: '00:00:00:00' });
  traceHandshake(activity, 'real');
  for (let count = 0; count < 200; count++) {
    activity.putSession(session(`claimed ${count}`, 'FAILED', 'quiet_agent_001'));
    traceHandshake(activity, `claimed ${count}`);
  }
  const { sessions, traces } = activity.snapshot();
  expect(Object.keys(traces)[0]).toBe('real');
  expect(sessions[0]).not.toHaveProperty('isTraceDropped');
});
