import { expect, test, vi } from 'vitest';
import { NoticeStreams } from './notice-streams.ts';

const [me, other] = ['helper_agent_001', 'traveller_agent_001'];
const notice = { type: 'notice', inbox: 2, groups: [['ab'.repeat(16), 7]] } as const;

/** Reads what a stream has said until it ends. */
const textOf = (response: Response) => response.text();

test('an agent’s notices are events of its streams alone', async () => {
  const streams = new NoticeStreams();
  const [mine, theirs] = [streams.open(me, 60_000), streams.open(other, 60_000)];
  expect(mine.headers.get('content-type')).toBe('text/event-stream');
  expect([streams.has(me), streams.has('nobody_agent_001')]).toEqual([true, false]);
  streams.tell(me, notice);
  streams.end(me);
  streams.end(other);
  expect(await textOf(mine)).toBe(
    `: connected\n\nevent: notice\ndata: {"type":"notice","inbox":2,"groups":[["${'ab'.repeat(16)}",7]]}\n\n`,
  );
  expect(await textOf(theirs)).toBe(': connected\n\n');
  expect(streams.has(me)).toBe(false);
});

test('an agent has four streams at most, and a place again when one is let go', async () => {
  const streams = new NoticeStreams();
  const open = [1, 2, 3, 4].map(() => streams.open(me, 60_000));
  expect(() => streams.open(me, 60_000)).toThrow(expect.objectContaining({ code: 'rate_limited', retryAfter: 30 }));
  streams.open(other, 60_000);
  await open[0]?.body?.cancel();
  expect(streams.open(me, 60_000).status).toBe(200);
  streams.end(me);
  streams.end(other);
});

test('a stream ends with its token, with the server, and when nobody reads it', async () => {
  vi.useFakeTimers();
  try {
    const ending = new AbortController();
    const streams = new NoticeStreams(ending.signal);
    const expiring = streams.open(me, 5_000);
    vi.advanceTimersByTime(5_000);
    expect(streams.has(me)).toBe(false);
    expect(await textOf(expiring)).toBe(': connected\n\n');
    streams.open(me, 60_000);
    for (let at = 0; at < 300; at += 1) streams.tell(me, notice);
    expect(streams.has(me)).toBe(false);
    const last = streams.open(me, 60_000);
    ending.abort();
    expect(await textOf(last)).toBe(': connected\n\n');
    expect(streams.has(me)).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});
