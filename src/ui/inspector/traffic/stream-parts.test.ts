import { describe, expect, test } from 'vitest';
import type { CarriedView } from '../../../agent/contracts/carried-view.ts';
import type { ExchangeView, WireView } from '../../../agent/contracts/views.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { madeEnvelope } from '../wire/testing/made-envelope.ts';
import { plaintextWords } from './plaintext-words.ts';
import { trafficRows } from './traffic-model.ts';

const own = 'traveller_agent_001';
const entry = (id: string, carried: CarriedView | undefined, more: Partial<WireView> = {}): WireView => ({
  ...{ id, at: 1, direction: 'outgoing', method: 'POST', url: 'https://localhost:5001/agent/message' },
  ...{ peerId: 'helper_agent_001', requestId: id, requestBody: '{}', requestSize: 2, status: 200, responseBody: '{}' },
  ...(carried === undefined ? {} : { carried }),
  ...more,
});
const asked: ExchangeView = {
  ...{ requestId: 'req', sessionId: 'a'.repeat(32), peerId: 'helper_agent_001', direction: 'outgoing' },
  ...{ method: 'tell', parameters: null, at: 1, status: 'success', result: null },
};
const request = entry('req', { asked: 'REQUEST', answered: 'STREAM', streamId: 's' });
const part = (n: number, more: Partial<CarriedView> = {}) =>
  entry(`part-${n}`, { asked: 'STREAM_READ', answered: 'SUCCESS', streamId: 's', from: 10 * n, length: 10, ...more });
const summary = (wire: readonly WireView[]) =>
  trafficRows(wire, [asked], own).map(({ kind, outcome, content, parts }) => [kind, outcome, content, parts?.length]);

describe('a stream of 1,000 parts', () => {
  const parts = Array.from({ length: 1_000 }, (_, n) => part(n, n === 999 ? { isDone: true } : {}));

  test('is one row, that of its request', () => {
    expect(summary([request, ...parts, entry('other', undefined)])).toEqual([
      ['tell', 'STREAM', 'null → null → 1,000 parts of a stream, up to byte 10,000, all of it', 1_000],
      ['JSON', '200', '', undefined],
    ]);
  });

  test('whose request is no longer in memory is the row of its first part', () => {
    const [row, ...others] = trafficRows(parts.slice(10, 13), [], own);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ kind: 'STREAM_READ', parts: [{}, {}, {}] });
    expect(row?.content).toBe('from byte 100, 10 B → 3 parts of a stream, up to byte 130');
  });

  test('is the same row as long as no part comes', () => {
    const wire = [request, ...parts];
    const said = [asked];
    expect(trafficRows(wire, said, own)[0]).toBe(trafficRows(wire, said, own)[0]);
    expect(trafficRows([...wire, part(1_000)], said, own)[0]).not.toBe(trafficRows(wire, said, own)[0]);
  });
});

test('the streams of the peer, and of other peers, are rows for themselves', () => {
  const others = [part(1), { ...part(2), direction: 'incoming' as const }, { ...part(3), peerId: 'other_agent' }];
  expect(trafficRows(others, [], own)).toHaveLength(3);
});

test('a request that is answered PENDING says so, and has no answer yet', () => {
  const pending = entry('req', { asked: 'REQUEST', answered: 'PENDING' });
  const waiting = { ...asked, status: 'pending' as const };
  expect(trafficRows([pending], [waiting], own)[0]).toMatchObject({ outcome: 'PENDING', isAnswered: false });
});

test('CANCEL says what it ends, and a read that was refused why', () => {
  expect(summary([entry('c', { asked: 'CANCEL', cancels: 'req', answered: 'SUCCESS' })])[0]).toEqual([
    ...['CANCEL', 'SUCCESS', 'ends the request req', undefined],
  ]);
  const refused = { asked: 'STREAM_READ', answered: 'ERROR', code: 'stream_gone', streamId: 'x', from: 0 } as const;
  expect(trafficRows([entry('r', refused)], [], own)[0]).toMatchObject({ outcome: 'stream_gone', status: 'failed' });
});

test('what an envelope decrypts to is said to the byte, as far as its length says it', () => {
  const bytes = madeEnvelope(6_000);
  const body = { text: encodeBase64(bytes), form: 'binary', size: bytes.length } as const;
  expect(plaintextWords(body, undefined)).toBe('6,000 bytes: JSON ‖ spaces, which hide how long it is.');
  expect(plaintextWords(body, 5_000)).toBe(
    '6,000 bytes: JSON ‖ 00 ‖ 5,000 bytes of attachment ‖ spaces. JSON and spaces have 999 bytes together.',
  );
  const cut = { ...body, text: encodeBase64(bytes.subarray(0, 400)) };
  expect(plaintextWords(cut, undefined)).toContain('6,000 bytes');
  expect(plaintextWords({ text: '{}' }, undefined)).toBe('');
});
