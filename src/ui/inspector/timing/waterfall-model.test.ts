import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageName, OperationName, TraceEvent } from '../../../protocol/trace/events.ts';
import { resumptionRecording } from '../../../recording/testing/resumption.ts';
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
    expect(Object.fromEntries(drawn?.spent[0].shares ?? [])).toEqual({
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
    expect(Object.fromEntries(drawn?.spent[0].shares ?? [])).toMatchObject({
      network: 3,
      'waiting for the other side': 7,
    });
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

  test('of both ends: the server’s time is summed up as well, from its first thing to its last', () => {
    const drawn = waterfall([
      { role: 'client', events: client },
      { role: 'server', events: server },
    ]);
    expect(drawn?.clockShift).toBe(0);
    expect(drawn?.spent[1]).toEqual({
      side: 'server',
      total: 7,
      shares: [
        ['between steps', 5],
        ['RSA', 2],
      ],
    });
  });

  test.each([-500, 500])(
    'a server’s clock that is %i ms off is moved until every message arrives after it left',
    (off) => {
      const drawn = waterfall([
        { role: 'client', events: client },
        { role: 'server', events: server.map((event) => ({ ...event, at: event.at + off })) },
      ]);
      // The way there and the way back share the 3 ms equally: nothing tells them apart.
      expect(drawn?.clockShift).toBe(-off - 0.5);
      expect(drawn?.bars.filter(({ side }) => side === 'wire').map(({ duration }) => duration)).toEqual([1.5, 1.5]);
      expect(drawn?.total).toBe(18);
    },
  );

  test('when no shift makes the clocks agree, nothing is moved and nothing impossible is drawn', () => {
    const slow = [moved('received', 'CLIENT_HELLO', 1_000), moved('sent', 'SERVER_HELLO', 1_100)];
    const drawn = waterfall([
      { role: 'client', events: client },
      { role: 'server', events: slow },
    ]);
    expect(drawn?.clockShift).toBe(0);
    expect(drawn?.bars.filter(({ side }) => side === 'wire')).toEqual([]);
  });

  test('a key exchange that failed counts its parts once', () => {
    const failed: TraceEvent = {
      kind: 'check',
      at: 1_003,
      of: 'SERVER_HELLO',
      check: 'key_exchange',
      duration: 3,
      outcome: 'failed',
      code: 'key_exchange_failed',
      detail: '',
    };
    const events = [did('agree_x25519', 1_002, 1), did('decapsulate', 1_003, 1), failed];
    expect(waterfall([{ role: 'client', events }])?.spent[0]).toEqual({
      side: 'client',
      total: 3,
      shares: [
        ['X25519 and ML-KEM', 2],
        ['other checks', 1],
      ],
    });
  });

  test('nothing recorded is nothing drawn', () => {
    expect(waterfall([])).toBeUndefined();
    expect(waterfall([{ role: 'client', events: [] }])).toBeUndefined();
  });
});

const time = fc.double({ min: 0, max: 100, noNaN: true });
const messages = fc.constantFrom<MessageName>('CLIENT_HELLO', 'SERVER_HELLO', 'CLIENT_CONFIRM', 'SESSION_ESTABLISHED');
const anyEvent = fc.oneof(
  fc
    .tuple(
      fc.constantFrom<OperationName>('sign', 'open_session_key', 'derive_session_keys', 'look_up_peer'),
      time,
      time,
    )
    .map(([operation, at, duration]) => did(operation, 1_790_000_000_000 + at, duration)),
  fc
    .tuple(fc.constantFrom('sent' as const, 'received' as const), messages, time)
    .map(([direction, message, at]) => moved(direction, message, 1_790_000_000_000 + at)),
  fc.tuple(time, time).map(([at, duration]) => keyExchange(1_790_000_000_000 + at, duration)),
);
const anyEvents = fc.array(anyEvent, { minLength: 1, maxLength: 30 });

test('the shares of each side add up to its whole, whatever overlaps, also in a file from elsewhere', async () => {
  await fc.assert(
    fc.property(anyEvents, anyEvents, (client, server) => {
      const drawn = waterfall([
        { role: 'client', events: client },
        { role: 'server', events: server },
      ]);
      expect(drawn?.spent).toHaveLength(2);
      for (const { total, shares } of drawn?.spent ?? []) {
        expect(shares.every(([, ms]) => ms > 0)).toBe(true);
        expect(shares.reduce((sum, [, ms]) => sum + ms, 0)).toBeCloseTo(total, 2);
        expect(total).toBeLessThanOrEqual((drawn?.total ?? 0) + 0.01);
      }
    }),
  );
});

describe('a resumption', () => {
  const { ends } = resumptionRecording();
  const drawn = waterfall(ends, 'resumption');

  test('spends nothing on RSA, and every step of its two sides is drawn', () => {
    const categories = new Set(drawn?.bars.map(({ category }) => category));
    expect(categories).not.toContain('RSA');
    expect([...categories]).toEqual(
      expect.arrayContaining(['key generation', 'X25519 and ML-KEM', 'signatures', 'key schedule', 'network']),
    );
    expect(drawn?.bars.some(({ name }) => name === 'Signed with the old session’s key, Ed25519')).toBe(true);
  });

  test('its key exchange is counted by its parts', () => {
    expect(drawn?.bars.filter(({ category }) => category === 'X25519 and ML-KEM')).toHaveLength(4);
    expect(drawn?.bars.some(({ name }) => name === 'Fresh secrets agreed')).toBe(false);
  });

  test('the shares of each side add up to its time', () => {
    expect(drawn?.spent.map(({ side }) => side)).toEqual(['client', 'server']);
    for (const { total, shares } of drawn?.spent ?? []) {
      expect(shares.reduce((sum, [, ms]) => sum + ms, 0)).toBeCloseTo(total, 6);
    }
  });
});
