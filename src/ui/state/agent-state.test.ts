import { describe, expect, test } from 'vitest';
import {
  type AgentSnapshot,
  type ExchangeView,
  exchangeKey,
  type SessionView,
  type WireView,
} from '../../agent/contracts/views.ts';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import { applyEvents, emptyAgentState, fromSnapshot } from './agent-state.ts';

const session: SessionView = {
  sessionId: 'a'.repeat(32),
  peerId: 'helper_agent_001',
  peerAddress: 'https://localhost:5001',
  role: 'client',
  status: 'HANDSHAKING',
  createdAt: 1,
  expiresAt: 2,
  sent: 0,
  received: 0,
  unreachable: false,
};
const exchange: ExchangeView = {
  requestId: 'r1',
  sessionId: session.sessionId,
  peerId: session.peerId,
  direction: 'outgoing',
  method: 'ping',
  parameters: null,
  at: 5,
  status: 'pending',
};
const wireEntry: WireView = {
  id: 'w1',
  at: 5,
  direction: 'outgoing',
  method: 'POST',
  url: 'https://localhost:5001/agent/message',
  requestBody: '{}',
  requestSize: 2,
};
const trace: TraceEvent = { kind: 'operation', at: 1, operation: 'sign', duration: 0.1 };

describe('what an agent tells', () => {
  test('a later view replaces the earlier one in its place', () => {
    const other = { ...session, sessionId: 'b'.repeat(32) };
    const state = applyEvents(emptyAgentState, [
      { type: 'session', session },
      { type: 'session', session: other },
      { type: 'session', session: { ...session, status: 'ESTABLISHED' } },
    ]);
    expect(state.sessions).toEqual([{ ...session, status: 'ESTABLISHED' }, other]);
  });

  test('a request of a peer and one of our own may have the same id', () => {
    const state = applyEvents(emptyAgentState, [
      { type: 'exchange', exchange },
      { type: 'exchange', exchange: { ...exchange, direction: 'incoming' } },
    ]);
    expect(state.exchanges).toHaveLength(2);
  });

  test('what did not change stays the same object', () => {
    const before = applyEvents(emptyAgentState, [{ type: 'exchange', exchange }]);
    const after = applyEvents(before, [{ type: 'trace', sessionId: session.sessionId, index: 0, event: trace }]);
    expect(after.exchanges).toBe(before.exchanges);
    expect(after.traces[session.sessionId]).toEqual([trace]);
  });

  test('what the agent no longer holds is shown no more, and nothing else goes', () => {
    const ids = ['first', 'second', 'third'] as const;
    const state = applyEvents(
      emptyAgentState,
      ids.flatMap((id) => [
        { type: 'session', session: { ...session, sessionId: id, status: 'FAILED' } } as const,
        { type: 'trace', sessionId: id, index: 0, event: trace } as const,
        { type: 'trace', sessionId: id, index: 1, event: trace } as const,
        { type: 'exchange', exchange: { ...exchange, requestId: id } } as const,
        { type: 'wire', entry: { ...wireEntry, id } } as const,
      ]),
    );
    expect(state.traces.first).toHaveLength(2);
    const trimmed = { type: 'trimmed', sessions: ['first'], traces: ['second'], wire: ['first'] } as const;
    const exchanges = [exchangeKey({ ...exchange, requestId: 'third' })];
    const after = applyEvents(state, [{ ...trimmed, exchanges }]);
    expect(after.sessions.map(({ sessionId }) => sessionId)).toEqual(['second', 'third']);
    expect(Object.keys(after.traces)).toEqual(['third']);
    expect(after.wire.map(({ id }) => id)).toEqual(['second', 'third']);
    expect(after.exchanges.map(({ requestId }) => requestId)).toEqual(['first', 'second']);
  });

  test('a peer’s verification is the last one told, beside those a snapshot holds', () => {
    const [one, other] = ['helper_agent_001', 'other_agent_001'] as const;
    const snapshot: AgentSnapshot = {
      ...emptyAgentState,
      verifications: [
        { peerId: one, verification: 'verified' },
        { peerId: other, verification: 'verified' },
      ],
    };
    const { verifications } = fromSnapshot(snapshot, [
      { type: 'verification', verification: { peerId: one, verification: 'changed' } },
    ]);
    expect(verifications).toEqual([
      { peerId: one, verification: 'changed' },
      { peerId: other, verification: 'verified' },
    ]);
  });

  test('what was deleted from the history is shown no more, and nothing else goes', () => {
    const kept = { ...exchange, sequence: 1 };
    const other = { ...exchange, requestId: 'r2', sequence: 2 };
    const elsewhere = { ...exchange, peerId: 'other_agent_001', sequence: 1 };
    const state = applyEvents(
      emptyAgentState,
      [kept, other, elsewhere].map((each) => ({ type: 'exchange', exchange: each })),
    );
    const after = applyEvents(state, [{ type: 'deleted', peerId: kept.peerId, which: { sequences: [1] } }]);
    expect(after.exchanges).toEqual([other, elsewhere]);
    expect(after.deleted).toEqual(new Map([['helper_agent_001', { upTo: 0, single: new Set([1]) }]]));
    // An agent may have the name of a member that every object has.
    expect(after.deleted.get('constructor')).toBeUndefined();
    expect(applyEvents(after, [{ type: 'deleted', peerId: kept.peerId, which: { upTo: 9 } }]).exchanges).toEqual([
      elsewhere,
    ]);
  });

  test('a trace event that a snapshot holds is not counted again, whether it comes before the snapshot or after it', () => {
    const { sessionId } = session;
    const told = (index: number, event: TraceEvent) => ({ type: 'trace', sessionId, index, event }) as const;
    const snapshot: AgentSnapshot = { ...emptyAgentState, traces: { [sessionId]: [trace, trace] } };
    const later: TraceEvent = { ...trace, at: 2 };
    const state = fromSnapshot(snapshot, [told(0, trace), told(1, trace), told(2, later)]);
    expect(state.traces[sessionId]).toEqual([trace, trace, later]);
    const last: TraceEvent = { ...trace, at: 3 };
    const after = applyEvents(fromSnapshot(snapshot, []), [told(1, trace), told(2, later), told(3, last)]);
    expect(after.traces[sessionId]).toEqual([trace, trace, later, last]);
  });
});
