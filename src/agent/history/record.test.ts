import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { padmeLength } from '../../protocol/wire/padding.ts';
import type { StoredExchange } from '../contracts/history-store.ts';
import type { HistoryExchange } from './exchange-record.ts';
import { openExchange, sealExchange, tagOf } from './record.ts';
import type { RecordContext } from './sealed-exchange.ts';
import { recordContext } from './testing/keys.ts';

let context: RecordContext;
beforeAll(async () => {
  context = await recordContext();
});

const exchanges: fc.Arbitrary<HistoryExchange> = fc.record(
  {
    requestId: fc.string({ maxLength: 40, unit: 'binary' }),
    sessionId: fc.constantFrom('', 'ab'.repeat(16), 'cd'.repeat(16)),
    peerId: fc.constantFrom('helper_agent_001', 'other_agent_001'),
    direction: fc.constantFrom('outgoing', 'incoming'),
    method: fc.string({ maxLength: 20 }),
    parameters: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value))),
    at: fc.integer({ min: 0, max: 2e12 }),
    status: fc.constantFrom('pending', 'held', 'success', 'error', 'failed'),
    sequence: fc.integer({ min: 1, max: 2 ** 40 }),
    result: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value))),
    durationMs: fc.integer({ min: 0, max: 90_000 }),
  },
  {
    requiredKeys: ['requestId', 'sessionId', 'peerId', 'direction', 'method', 'parameters', 'at', 'status', 'sequence'],
  },
);

const placeOf = ({ peerId, sessionId, direction, sequence }: StoredExchange) =>
  JSON.stringify([peerId, sessionId, direction, sequence]);

describe('a record at rest', () => {
  test('gives the exchange back, whatever it holds', () =>
    fc.assert(
      fc.asyncProperty(exchanges, async (exchange) => {
        const record = await sealExchange(context, exchange);
        expect(await openExchange(context, record)).toEqual(exchange);
        expect(record.isOpen).toBe(exchange.status === 'pending' || exchange.status === 'held');
        const size = record.ciphertext.length - 16;
        expect(size).toBe(padmeLength(size));
      }),
      { numRuns: 60 },
    ));

  test('encrypts nothing that stands beside it', async () => {
    const exchange: HistoryExchange = {
      requestId: 'r'.repeat(16),
      sessionId: 'ab'.repeat(16),
      peerId: 'helper_agent_001',
      direction: 'incoming',
      method: 'echo',
      parameters: 'Hello',
      at: 1_790_000_000_000,
      status: 'pending',
      sequence: 1,
    };
    const { requestId, method, parameters, at, status } = exchange;
    const { length } = JSON.stringify({ requestId, method, parameters, at, status });
    expect((await sealExchange(context, exchange)).ciphertext).toHaveLength(padmeLength(length) + 16);
  });

  test('does not decrypt at the place of another', () =>
    fc.assert(
      fc.asyncProperty(exchanges, exchanges, async (one, other) => {
        const [a, b] = await Promise.all([sealExchange(context, one), sealExchange(context, other)]);
        fc.pre(placeOf(a) !== placeOf(b));
        const { iv, ciphertext } = a;
        expect(await openExchange(context, { ...b, iv, ciphertext })).toBeUndefined();
      }),
      { numRuns: 60 },
    ));

  test('does not decrypt once any bit, or any part of its place, is another', () =>
    fc.assert(
      fc.asyncProperty(exchanges, fc.nat(), fc.integer({ min: 0, max: 7 }), async (exchange, where, bit) => {
        const record = await sealExchange(context, exchange);
        const flipped = (bytes: Uint8Array<ArrayBuffer>) => {
          const copy = bytes.slice();
          const at = where % copy.length;
          copy[at] = (copy[at] ?? 0) ^ (1 << bit);
          return copy;
        };
        const altered: StoredExchange[] = [
          { ...record, ciphertext: flipped(record.ciphertext) },
          { ...record, ciphertext: record.ciphertext.subarray(0, where % record.ciphertext.length) },
          { ...record, iv: flipped(record.iv) },
          { ...record, iv: new Uint8Array(0) },
          { ...record, peerId: `${record.peerId}x` },
          { ...record, sessionId: record.sessionId === '' ? 'ab'.repeat(16) : '' },
          { ...record, direction: record.direction === 'incoming' ? 'outgoing' : 'incoming' },
          { ...record, sequence: record.sequence + 1 },
        ];
        for (const one of altered) expect(await openExchange(context, one)).toBeUndefined();
      }),
      { numRuns: 40 },
    ));

  test('belongs to its agent and its keys', async () => {
    const [exchange] = fc.sample(exchanges, 1);
    if (exchange === undefined) throw new Error('no exchange');
    const record = await sealExchange(context, exchange);
    expect(await openExchange({ ...context, agentId: 'other_agent_001' }, record)).toBeUndefined();
    expect(await openExchange(await recordContext(), record)).toBeUndefined();
  });

  test('has a new IV with every writing', async () => {
    const [exchange] = fc.sample(exchanges, 1);
    if (exchange === undefined) throw new Error('no exchange');
    const ivs = await Promise.all(
      Array.from({ length: 50 }, async () => (await sealExchange(context, exchange)).iv.join()),
    );
    expect(new Set(ivs).size).toBe(50);
  });
});

test('a tag tells direction, peer and request_id apart, and nothing without the key', async () => {
  const tags = await Promise.all([
    tagOf(context, 'outgoing', 'helper_agent_001', 'r1'),
    tagOf(context, 'incoming', 'helper_agent_001', 'r1'),
    tagOf(context, 'outgoing', 'other_agent_001', 'r1'),
    tagOf(context, 'outgoing', 'helper_agent_001', 'r2'),
    tagOf(await recordContext(), 'outgoing', 'helper_agent_001', 'r1'),
  ]);
  expect(new Set(tags).size).toBe(5);
  for (const tag of tags) expect(tag).toMatch(/^[0-9a-f]{32}$/);
  expect(await tagOf(context, 'outgoing', 'helper_agent_001', 'r1')).toBe(tags[0]);
});
