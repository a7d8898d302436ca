import { expect, test, vi } from 'vitest';
import { NoticeStreams } from './notice-streams.ts';

const [me, other] = ['helper_agent_001', 'traveller_agent_001'];
const notice = { type: 'notice', inbox: 2, groups: [['ab'.repeat(16), 7]] } as const;
const event = `event: notice\ndata: {"type":"notice","inbox":2,"groups":[["${'ab'.repeat(16)}",7]]}\n\n`;
const minute = { forMs: 60_000, requireAlive: async () => undefined };

/** Reads what a stream has said until it ends. */
const textOf = (response: Response) => response.text();

/** Reads the next events of a stream. */
const readerOf = (response: Response) => {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  return async () => (await reader?.read())?.value;
};

test('an agent’s notices are events of its streams alone', async () => {
  const streams = new NoticeStreams();
  const [mine, theirs] = [streams.open(me, minute), streams.open(other, minute)];
  expect(mine.headers.get('content-type')).toBe('text/event-stream');
  expect([streams.has(me), streams.has('nobody_agent_001')]).toEqual([true, false]);
  const next = readerOf(mine);
  streams.tell(me, notice);
  expect([await next(), await next()]).toEqual([': connected\n\n', event]);
  streams.end(me);
  streams.end(other);
  expect(await next()).toBeUndefined();
  expect(await textOf(theirs)).toBe(': connected\n\n');
  expect(streams.has(me)).toBe(false);
});

test('an agent has four streams at most, and a place again when one is let go', async () => {
  const streams = new NoticeStreams();
  const open = [1, 2, 3, 4].map(() => streams.open(me, minute));
  expect(() => streams.open(me, minute)).toThrow(expect.objectContaining({ code: 'rate_limited', retryAfter: 30 }));
  streams.open(other, minute);
  await open[0]?.body?.cancel();
  expect(streams.open(me, minute).status).toBe(200);
  streams.end(me);
  streams.end(other);
});

test('a stream ends when its token expires, with the server, and when nobody reads it', async () => {
  vi.useFakeTimers();
  try {
    const ending = new AbortController();
    const streams = new NoticeStreams(ending.signal);
    const expiring = streams.open(me, { ...minute, forMs: 5_000 });
    vi.advanceTimersByTime(5_000);
    expect(streams.has(me)).toBe(false);
    expect(await textOf(expiring)).toBe(': connected\n\n');
    const unread = streams.open(me, minute);
    for (let at = 0; at < 300; at += 1) streams.tell(me, notice);
    await vi.waitFor(() => expect(streams.has(me)).toBe(false));
    expect(await textOf(unread)).toContain(event);
    const last = streams.open(me, minute);
    ending.abort();
    expect(await textOf(last)).toBe(': connected\n\n');
    expect(streams.has(me)).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

test('a stream tells nothing once its token has ended, and ends then, or when it is looked at', async () => {
  const streams = new NoticeStreams();
  let isAlive = true;
  const requireAlive = async () => {
    if (!isAlive) throw new TypeError('The token has ended.');
  };
  const [told, looked, living] = [
    streams.open(me, { ...minute, requireAlive }),
    streams.open(other, { ...minute, requireAlive }),
    streams.open(other, minute),
  ];
  streams.look(other);
  const next = readerOf(told);
  streams.tell(me, notice);
  expect([await next(), await next()]).toEqual([': connected\n\n', event]);
  isAlive = false;
  streams.tell(me, notice);
  expect(await next()).toBeUndefined();
  streams.look(other);
  expect(await textOf(looked)).toBe(': connected\n\n');
  expect([streams.has(me), streams.has(other)]).toEqual([false, true]);
  await living.body?.cancel();
});
