import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExchangeView, WireView } from '../../../agent/contracts/views.ts';
import { chosen, everything, formatFilter, parseFilter, trafficRows } from './traffic-model.ts';

const envelope = JSON.stringify({
  session_id: 'a'.repeat(32),
  encrypted_payload: { iv: '', ciphertext: '', tag: '' },
  signature: '',
});
const entry = (change: Partial<WireView> = {}): WireView => ({
  id: 'w1',
  at: 1,
  direction: 'outgoing',
  method: 'POST',
  url: 'https://localhost:5001/agent/message',
  peerId: 'helper_agent_001',
  sessionId: 'a'.repeat(32),
  requestId: 'req_1',
  requestBody: envelope,
  requestSize: envelope.length,
  status: 200,
  responseBody: envelope,
  responseSize: 1,
  ...change,
});
const exchange = (change: Partial<ExchangeView> = {}): ExchangeView => ({
  requestId: 'req_1',
  sessionId: 'a'.repeat(32),
  peerId: 'helper_agent_001',
  direction: 'outgoing',
  method: 'echo',
  parameters: { text: 'The Red Door' },
  at: 1,
  status: 'success',
  result: { text: 'The Red Door' },
  ...change,
});
const own = 'traveller_agent_001';

describe('a row joins what travelled with what it meant', () => {
  test('of a request', () => {
    const [row] = trafficRows([entry()], [exchange()], own);
    expect(row).toMatchObject({ kind: 'echo', peerId: 'helper_agent_001', status: 'ok', outcome: 'SUCCESS' });
    expect(row?.content).toContain('The Red Door');
  });

  test.each<readonly [name: string, change: Partial<WireView>, status: string, outcome: string]>([
    [
      'a refusal',
      { status: 409, responseBody: '{"type":"urn:parley:error:replayed_message","code":"replayed_message"}' },
      'refused',
      'replayed_message',
    ],
    [
      'no answer',
      { status: undefined, failure: { code: 'peer_unreachable', title: '', detail: '' } } as Partial<WireView>,
      'failed',
      'peer_unreachable',
    ],
  ])('of %s', (_, change, status, outcome) => {
    const [row] = trafficRows([entry(change)], [], own);
    expect(row).toMatchObject({ status, outcome });
  });

  test('and of a request that was sent three times, the answer is that of the attempt that got it', () => {
    const lost = { code: 'peer_unreachable', title: '', detail: '' } as const;
    const refusal = '{"type":"urn:parley:error:unknown_session","code":"unknown_session"}';
    const { status: _, responseBody: __, ...unanswered } = entry({ id: 'one' });
    const wire = [
      { ...unanswered, failure: lost },
      entry({ id: 'two', status: 404, responseBody: refusal }),
      entry({ id: 'three' }),
    ];
    const rows = trafficRows(wire, [exchange()], own);
    expect(rows.map(({ outcome, isAnswered }) => [outcome, isAnswered])).toEqual([
      ['peer_unreachable', false],
      ['unknown_session', false],
      ['SUCCESS', true],
    ]);
    expect(rows.map(({ content }) => content.includes('→'))).toEqual([false, false, true]);
    const cancelled = { ...exchange(), status: 'failed', error: { code: 'cancelled', detail: '' } } as const;
    expect(
      trafficRows([{ ...unanswered }, entry({ id: 'two' })], [cancelled], own).map(({ outcome }) => outcome),
    ).toEqual(['', '200']);
  });

  test('of a handshake', () => {
    const [row] = trafficRows(
      [entry({ requestBody: '{"message_type":"CLIENT_HELLO"}', requestId: '' })],
      [exchange()],
      own,
    );
    expect(row).toMatchObject({ kind: 'CLIENT_HELLO', content: '' });
  });

  test('the same request of the peer is another row', () => {
    const [row] = trafficRows([entry({ direction: 'incoming' })], [exchange()], own);
    expect(row?.exchange).toBeUndefined();
  });

  test('what did not change is the same row', () => {
    const [wire, said] = [[entry()], [exchange()]];
    expect(trafficRows(wire, said, own)[0]).toBe(trafficRows(wire, said, own)[0]);
  });
});

describe('a filter', () => {
  const rows = trafficRows(
    [
      entry(),
      entry({ id: 'w2', requestId: 'req_2', direction: 'incoming', status: 409 }),
      entry({ id: 'w3', requestId: 'req_3', peerId: 'other_agent' }),
    ],
    [exchange()],
    own,
  );
  test.each([
    [{ text: 'red door' }, ['w1']],
    [{ text: 'RED' }, ['w1']],
    [{ peer: 'other_agent' }, ['w3']],
    [{ direction: 'incoming' }, ['w2']],
    [{ kind: 'echo' }, ['w1']],
    [{ status: 'refused' }, ['w2']],
    [{ text: 'nothing like it' }, []],
    [{}, ['w1', 'w2', 'w3']],
  ] as const)('%j', (change, ids) => {
    expect(chosen(rows, { ...everything, ...change }).map(({ entry: { id } }) => id)).toEqual(ids);
  });

  test('reads back from an address', async () => {
    await fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.constantFrom('', 'outgoing', 'incoming'),
        fc.constantFrom('', 'ok', 'waiting'),
        (text, direction, status) => {
          const filter = { ...everything, text: text.toWellFormed(), direction, status } as const;
          expect(parseFilter(formatFilter(filter))).toEqual(filter);
        },
      ),
    );
  });
});
