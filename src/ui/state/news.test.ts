import { expect, test } from 'vitest';
import type { ExchangeView } from '../../agent/contracts/views.ts';
import { News } from './news.ts';

const openedAt = 1_000;

function exchange(requestId: string, given: Partial<ExchangeView> = {}): ExchangeView {
  return {
    requestId,
    sessionId: '0'.repeat(32),
    peerId: 'helper_agent_001',
    direction: 'incoming',
    method: 'echo',
    parameters: {},
    at: openedAt + 1,
    status: 'success',
    ...given,
  };
}

const ids = (news: readonly ExchangeView[]) => news.map(({ requestId }) => requestId);

test('a request is news once, whatever becomes of it', () => {
  const news = new News(openedAt);
  const held = exchange('a', { status: 'held' });
  expect(ids(news.since([held]))).toEqual(['a']);
  expect(ids(news.since([held, exchange('b')]))).toEqual(['b']);
  expect(ids(news.since([exchange('a'), exchange('b')]))).toEqual([]);
});

test('what arrived before the page was opened is no news', () => {
  expect(ids(new News(openedAt).since([exchange('a', { at: openedAt - 1 }), exchange('b')]))).toEqual(['b']);
});

test('an own request is news when its answer arrives, also a failure', () => {
  const news = new News(openedAt);
  const own = (requestId: string, status: ExchangeView['status']) =>
    exchange(requestId, { direction: 'outgoing', status });
  expect(ids(news.since([own('old', 'success'), own('a', 'pending'), own('b', 'pending')]))).toEqual([]);
  expect(ids(news.since([own('old', 'success'), own('a', 'success'), own('b', 'pending')]))).toEqual(['a']);
  expect(ids(news.since([own('a', 'success'), own('b', 'failed')]))).toEqual(['b']);
  expect(ids(news.since([own('a', 'success'), own('b', 'failed')]))).toEqual([]);
});

test('both sides may use one request_id', () => {
  const news = new News(openedAt);
  news.since([exchange('a', { direction: 'outgoing', status: 'pending' })]);
  expect(news.since([exchange('a'), exchange('a', { direction: 'outgoing' })])).toHaveLength(2);
});
