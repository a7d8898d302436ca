import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { isAtRest, isInConversation, withUnsent } from './unsent.ts';

const peerId = 'helper_agent_001';
const tried = { peerId, method: 'send_request', parameters: { query: 'first' }, since: 1_000 };
const sent: ExchangeView = {
  requestId: 'req_1',
  sessionId: '',
  peerId,
  direction: 'outgoing',
  method: tried.method,
  parameters: { query: 'first' },
  at: 1_000,
  status: 'failed',
};

test('a request that is in the conversation is found there', () => {
  expect(isInConversation([sent], tried)).toBe(true);
});

test.each<[string, Partial<ExchangeView>]>([
  ['of other parameters, made later', { parameters: { query: 'second' }, at: 2_000 }],
  ['of another method', { method: 'echo' }],
  ['to another peer', { peerId: 'helper_agent_002' }],
  ['of the peer', { direction: 'incoming' }],
  ['made before', { at: 999 }],
])('a request %s is not the one that was refused', (_which, other) => {
  expect(isInConversation([{ ...sent, ...other }], tried)).toBe(false);
});

test('neither the refused text nor the one begun meanwhile is lost', () => {
  expect(withUnsent('refused', '')).toBe('refused');
  expect(withUnsent('refused', 'begun')).toBe('refused\nbegun');
  fc.assert(
    fc.property(fc.string(), fc.string(), (unsent, begun) => {
      const text = withUnsent(unsent, begun);
      expect(text.startsWith(unsent)).toBe(true);
      expect(text.endsWith(begun)).toBe(true);
    }),
  );
});

test('parameters are at rest as their own method starts with them, and not as another one does', () => {
  expect(isAtRest({ method: 'echo', json: '{"text": ""}' })).toBe(true);
  expect(isAtRest({ method: 'echo', json: '' })).toBe(true);
  expect(isAtRest({ method: 'send_request', json: '{"text": ""}' })).toBe(false);
  expect(isAtRest({ method: 'echo', json: '{"text": "a"}' })).toBe(false);
});
