import { expect, test } from 'vitest';
import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { exchange } from '../exchange/testing/exchange.ts';
import { refusedMethods } from './refused-methods.ts';

const peer = 'helper_agent_001';
const refused = (sequence: number, method: string, change: Partial<ExchangeView> = {}) =>
  exchange(sequence, { method, status: 'error', error: { code: 'unknown_method', detail: '' }, ...change });

test('a method is refused until the peer answers it', () => {
  expect(refusedMethods([refused(1, 'greet'), refused(2, 'sing')], peer)).toEqual(['greet', 'sing']);
  expect(refusedMethods([refused(1, 'greet'), exchange(2, { method: 'greet' })], peer)).toEqual([]);
  expect(refusedMethods([exchange(1, { method: 'greet' }), refused(2, 'greet')], peer)).toEqual(['greet']);
});

test('another error, another peer, what a peer asked and what waits say nothing of it', () => {
  expect(
    refusedMethods(
      [
        refused(1, 'a', { error: { code: 'handler_failed', detail: '' } }),
        refused(2, 'b', { peerId: 'other_agent_001' }),
        refused(3, 'c', { direction: 'incoming' }),
        refused(4, 'd', { status: 'failed' }),
        refused(5, 'e'),
        exchange(6, { method: 'e', status: 'pending' }),
      ],
      peer,
    ),
  ).toEqual(['e']);
});
