import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageName, OperationName, TraceEvent } from '../../protocol/trace.ts';
import { waterfall } from './waterfall-model.ts';

const did = (operation: OperationName, at: number, duration: number): TraceEvent => ({
  kind: 'operation',
  at,
  operation,
  duration,
});
const moved = (direction: 'sent' | 'received', message: MessageName, at: number): TraceEvent => ({
  kind: 'message',
  at,
  direction,
  message,
  body: '{}',
  size: 2,
});
const keyExchange = (at: number, duration: number): TraceEvent => ({
  kind: 'check',
  at,
  of: 'SERVER_HELLO',
  check: 'key_exchange',
  duration,
  outcome: 'passed',
});

const client = [
  did('make_key_shares', 1_001, 1),
  did('sign', 1_003, 2),
  moved('sent', 'CLIENT_HELLO', 1_003),
  moved('received', 'SERVER_HELLO', 1_013),
  did('open_session_key', 1_015, 2),
  did('decapsulate', 1_016, 1),
  keyExchange(1_016, 3),
  moved('sent', 'CLIENT_CONFIRM', 1_018),
] as const;
const server = [
  moved('received', 'CLIENT_HELLO', 1_005),
  did('open_session_key', 1_008, 2),
  moved('sent', 'SERVER_HELLO', 1_012),
] as const;

describe('where the time went', () => {
  test('of one end: its work, its waits, and what no step tells', () => {
    const drawn = waterfall([{ role: 'client', events: client }]);
    expect(drawn?.total).toBe(18);
    expect(Object.fromEntries(drawn?.shares ?? [])).toEqual({
      'waiting for the other side': 10,
      RSA: 2,
      signatures: 2,
      'key generation': 1,
      'X25519 and ML-KEM': 1,
      'between steps': 2,
    });
  });

  test('of both ends: what was spent on the way is the network’s', () => {
    const drawn = waterfall([
      { role: 'client', events: client },
      { role: 'server', events: server },
    ]);
    expect(Object.fromEntries(drawn?.shares ?? [])).toMatchObject({ network: 3, 'waiting for the other side': 7 });
    expect(drawn?.bars.filter(({ side }) => side === 'server').map(({ name }) => name)).toHaveLength(1);
    expect(drawn?.bars.filter(({ side }) => side === 'wire').map(({ start, duration }) => [start, duration])).toEqual([
      [3, 2],
      [12, 1],
    ]);
  });

  test('a key exchange is not counted besides its parts', () => {
    const drawn = waterfall([{ role: 'client', events: client }]);
    expect(drawn?.bars.some(({ name }) => name === 'Keys agreed')).toBe(false);
  });

  test('clocks that do not agree claim nothing of the network', () => {
    const early = server.map((event) => ({ ...event, at: event.at - 500 }));
    const drawn = waterfall([
      { role: 'client', events: client },
      { role: 'server', events: early },
    ]);
    expect(drawn?.bars.some(({ name }) => name === 'CLIENT_HELLO on the way')).toBe(false);
  });

  test('nothing recorded is nothing drawn', () => {
    expect(waterfall([])).toBeUndefined();
    expect(waterfall([{ role: 'client', events: [] }])).toBeUndefined();
  });
});

test('the shares add up to the whole, whatever was done one after the other', async () => {
  const step = fc.record({
    kind: fc.constantFrom('sign', 'open_session_key', 'derive_session_keys', 'look_up_peer', 'wait'),
    duration: fc.double({ min: 0, max: 50, noNaN: true }),
    pause: fc.double({ min: 0, max: 5, noNaN: true }),
  });
  await fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      let now = 1_790_000_000_000;
      const events = steps.flatMap(({ kind, duration, pause }): TraceEvent[] => {
        now += pause;
        const start = now;
        now += duration;
        if (kind !== 'wait') return [did(kind, now, duration)];
        return [moved('sent', 'CLIENT_HELLO', start), moved('received', 'SERVER_HELLO', now)];
      });
      const drawn = waterfall([{ role: 'client', events }]);
      const sum = drawn?.shares.reduce((total, [, ms]) => total + ms, 0) ?? 0;
      expect(Math.abs(sum - (drawn?.total ?? 0))).toBeLessThan(0.05);
    }),
  );
});
