import { expect, test } from 'vitest';
import type { BodyView } from '../../../agent/contracts/body-views.ts';
import { bodyStatus, bodyWords, isCut } from './body-words.ts';
import { exchange } from './testing/exchange.ts';

const text = { kind: 'stream', mediaType: 'text/plain; charset=utf-8' } as const;
const lines = { kind: 'stream', mediaType: 'application/jsonl' } as const;

test.each<[BodyView, mine: string, theirs: string]>([
  [{ ...text, state: 'open', received: 96 }, '96 B so far', '96 B sent so far'],
  [{ ...text, state: 'open', received: 96, size: 4_000 }, '96 B of 4,000 B so far', '96 B of 4,000 B sent so far'],
  [{ ...lines, state: 'open', received: 4, text: '1\n2\n' }, '2 items, 4 B so far', '2 items, 4 B sent so far'],
  [{ ...lines, state: 'whole', received: 2, size: 2, text: '1\n' }, '1 item, 2 B', '1 item, 2 B'],
  [{ ...text, state: 'whole', size: 412 }, '412 B', '412 B'],
  [{ ...text, state: 'stopped', received: 96 }, 'You stopped it after 96 B.', 'Traveller cancelled this after 96 B.'],
  [{ ...text, state: 'stopped' }, 'You stopped it.', 'Traveller cancelled this.'],
  [
    { ...text, state: 'failed', received: 96, size: 4_000 },
    'It did not come whole: 96 B of 4,000 B came.',
    'It was not sent whole: 96 B of 4,000 B came.',
  ],
  [{ ...text, state: 'unread' }, 'It was not read.', 'Traveller has not read it yet.'],
])('%j is told to either side', (body, mine, theirs) => {
  expect([bodyWords(body, 'outgoing', 'Helper'), bodyWords(body, 'incoming', 'Traveller')]).toEqual([mine, theirs]);
});

test('each side has its word for a stream that goes on, or was ended', () => {
  const word = (direction: 'incoming' | 'outgoing', state: BodyView['state']) =>
    bodyStatus(exchange(1, { direction, answer: { ...text, state } }));
  expect([word('outgoing', 'open'), word('incoming', 'open')]).toEqual(['arriving', 'sending']);
  expect([word('outgoing', 'stopped'), word('incoming', 'stopped')]).toEqual(['STOPPED', 'CANCELLED']);
  expect(word('outgoing', 'whole')).toBeUndefined();
  expect(bodyStatus(exchange(1))).toBeUndefined();
});

test('a text is cut where more bytes have come than are shown', () => {
  const most = 'x'.repeat(64 * 1024);
  expect(isCut({ ...text, state: 'open', text: most, received: most.length })).toBe(false);
  expect(isCut({ ...text, state: 'open', text: most, received: most.length + 1 })).toBe(true);
  expect(isCut({ ...text, state: 'whole', text: 'x', received: 1, size: 1 })).toBe(false);
});
