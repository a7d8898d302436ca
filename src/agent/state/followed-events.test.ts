import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import { applyEvents } from '../contracts/event-reducer.ts';
import { usualGroupSettings } from '../contracts/group-views.ts';
import type { AgentEvent, AgentSnapshot, ExchangeView, SessionView, WireView } from '../contracts/views.ts';
import { ActivityLog, type LogCapacity } from './activity-log.ts';

/** So little room that a run of commands makes everything go that can go. */
const little: LogCapacity = {
  endedSessions: { items: 3, weight: 3 },
  traceEvents: 4,
  exchanges: { items: 4, weight: 4_000 },
  messages: { items: 4, weight: 3_000 },
  parts: { items: 2, weight: 3_000 },
  handshakes: { items: 3, weight: 3_000 },
  traces: { items: 3, weight: 2_000 },
};

const peer = fc.constantFrom('one_agent_001', 'two_agent_001', 'three_agent_001');
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const sequence = fc.integer({ min: 1, max: 6 });
const text = fc.integer({ min: 0, max: 900 }).map((length) => 'x'.repeat(length));

const session: fc.Arbitrary<SessionView> = fc.record(
  {
    sessionId: name,
    peerId: peer,
    role: fc.constantFrom('client', 'server'),
    status: fc.constantFrom('HANDSHAKING', 'ESTABLISHED', 'CLOSED', 'FAILED'),
    keyFingerprint: fc.constant('00:00:00:00'),
    peerAddress: fc.constant('https://localhost:5001'),
    createdAt: fc.constant(0),
    expiresAt: fc.constant(3_600),
    sent: fc.nat(9),
    received: fc.constant(0),
    unreachable: fc.boolean(),
  },
  {
    requiredKeys: [
      'sessionId',
      'peerId',
      'role',
      'status',
      'peerAddress',
      'createdAt',
      'expiresAt',
      'sent',
      'received',
      'unreachable',
    ],
  },
);
const exchange: fc.Arbitrary<ExchangeView> = fc.record({
  requestId: name,
  peerId: peer,
  direction: fc.constantFrom('outgoing', 'incoming'),
  sessionId: name,
  method: fc.constant('echo'),
  parameters: text,
  at: fc.nat(9),
  status: fc.constantFrom('pending', 'success'),
  sequence: fc.option(sequence, { nil: undefined }),
});
const wire: fc.Arbitrary<WireView> = fc.record({
  id: name,
  at: fc.nat(9),
  direction: fc.constantFrom('outgoing', 'incoming'),
  method: fc.constant('POST'),
  url: fc.constantFrom('https://localhost:5001/agent/message', 'https://localhost:5001/agent/handshake'),
  peerId: peer,
  requestBody: text,
  requestSize: fc.constant(0),
});
const traced: fc.Arbitrary<TraceEvent> = text.map((body) => ({
  kind: 'message',
  at: 0,
  direction: 'sent',
  message: 'CLIENT_HELLO',
  body,
  size: body.length,
}));
const which = fc.oneof(
  sequence.map((upTo) => ({ upTo })),
  fc.array(sequence, { maxLength: 3 }).map((sequences) => ({ sequences })),
);

type Command = (log: ActivityLog) => void;
const command: fc.Arbitrary<Command> = fc.oneof(
  session.map(
    (view): Command =>
      (log) =>
        log.putSession(view),
  ),
  fc.tuple(name, fc.constantFrom<SessionView['status']>('ESTABLISHED', 'CLOSED')).map(
    ([id, status]): Command =>
      (log) =>
        log.updateSession(id, { status }),
  ),
  exchange.map(
    (view): Command =>
      (log) =>
        log.putExchange(view),
  ),
  wire.map(
    (view): Command =>
      (log) =>
        log.putWire(view),
  ),
  fc.tuple(name, traced).map(
    ([id, event]): Command =>
      (log) =>
        log.trace(id, event),
  ),
  fc.tuple(peer, which).map(
    ([peerId, those]): Command =>
      (log) =>
        log.dropExchanges(peerId, those),
  ),
  { weight: 1, arbitrary: fc.constant<Command>((log) => log.clear()) },
);
const commands = fc.array(command, { minLength: 1, maxLength: 120 });

const nothing: AgentSnapshot = {
  phase: { phase: 'starting' },
  sessions: [],
  exchanges: [],
  wire: [],
  traces: {},
  verifications: [],
  answering: 'handlers',
  methods: [],
  groups: [],
  invitations: [],
  groupSettings: usualGroupSettings,
  files: [],
};

/** A log with little room, and everything that it has told so far. */
function listening() {
  const events: AgentEvent[] = [];
  return { log: new ActivityLog((event) => events.push(event), little), events };
}

test('whoever follows the events of an agent, in batches of any size, holds what a snapshot of it holds', () => {
  const batch = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(commands, fc.array(batch, { minLength: 1, maxLength: 8 }), (run, sizes) => {
      const { log, events } = listening();
      for (const each of run) each(log);
      let state = nothing;
      for (let from = 0, turn = 0; from < events.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        state = applyEvents(state, events.slice(from, from + size));
        from += size;
      }
      expect(state).toEqual({ ...nothing, ...log.snapshot() });
    }),
  );
});

test('whoever begins with a snapshot and then applies what was heard since they listened holds the same', () => {
  const moment = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(commands, moment, moment, (run, one, other) => {
      const { log, events } = listening();
      const [listened, looked] = [Math.min(one, other), Math.max(one, other)].map((part) =>
        Math.floor(part * run.length),
      );
      let heardFrom = 0;
      let begun = nothing;
      for (let index = 0; index <= run.length; index += 1) {
        if (index === listened) heardFrom = events.length;
        if (index === looked) begun = { ...nothing, ...log.snapshot() };
        run[index]?.(log);
      }
      const state = applyEvents(begun, events.slice(heardFrom));
      const { sessions, exchanges, wire: entries, traces } = log.snapshot();
      // A list of an earlier moment may have another order: an item that went and came again stands where it first stood.
      const sorted = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort();
      expect(sorted(state.sessions)).toEqual(sorted(sessions));
      expect(sorted(state.exchanges)).toEqual(sorted(exchanges));
      expect(sorted(state.wire)).toEqual(sorted(entries));
      expect(state.traces).toEqual(traces);
    }),
  );
});

test('whatever happens, the log holds no more than it has room for, and no trace that it says has gone', () => {
  fc.assert(
    fc.property(commands, (run) => {
      const { log } = listening();
      for (const each of run) each(log);
      const { sessions, exchanges, wire: entries, traces } = log.snapshot();
      const ended = sessions.filter(({ status }) => status !== 'ESTABLISHED' && status !== 'HANDSHAKING');
      expect(ended.length).toBeLessThanOrEqual(little.endedSessions.items);
      expect(exchanges.length).toBeLessThanOrEqual(little.exchanges.items);
      expect(entries.length).toBeLessThanOrEqual(little.messages.items + little.handshakes.items);
      expect(Object.keys(traces).length).toBeLessThanOrEqual(little.traces.items);
      for (const { sessionId, isTraceDropped } of sessions)
        if (isTraceDropped) expect(traces[sessionId]).toBeUndefined();
    }),
  );
});

test('a state stays as it was when events are applied to it, also twice', () => {
  fc.assert(
    fc.property(commands, (run) => {
      const { log, events } = listening();
      for (const each of run) each(log);
      const half = Math.floor(events.length / 2);
      const before = applyEvents(nothing, events.slice(0, half));
      const asItWas = structuredClone(before);
      const after = applyEvents(before, events.slice(half));
      expect(before).toEqual(asItWas);
      expect(applyEvents(before, events.slice(half))).toEqual(after);
      expect(after).toEqual(applyEvents(nothing, events));
    }),
  );
});

test('a snapshot of the log stays as it was while the log goes on', () => {
  fc.assert(
    fc.property(commands, commands, (first, then) => {
      const { log } = listening();
      for (const each of first) each(log);
      const before = log.snapshot();
      const asItWas = structuredClone(before);
      for (const each of then) each(log);
      expect(before).toEqual(asItWas);
    }),
  );
});
