import { describe, expect, test } from 'vitest';
import { NoticeStreams } from '../../../delivery/notice-streams.ts';
import { problemResponse } from '../../../http/problem-response.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { DeliveryNotice, NoticeListener } from '../../contracts/notices.ts';
import { OwnClock } from '../../controller/own-clock.ts';
import { TestClock } from '../../testing/clock.ts';
import { until } from '../../testing/until.ts';
import { generateRsa } from '../../testing/world.ts';
import { DeliveryHttp } from './delivery-http.ts';
import { DeliveryToken } from './delivery-token.ts';
import { type NoticeReader, NoticeStream } from './notice-stream.ts';
import { NoticeWatch } from './notice-watch.ts';

const group = 'ab'.repeat(16);
const { privateKey } = await generateRsa('signing', 2_048);

describe('the stream of notices', () => {
  const streamOf = (streams: NoticeStreams, accepts: (token: string) => boolean) => {
    const clock = new TestClock(1_790_000_000_000);
    const signal = new AbortController();
    let tokens = 0;
    const network = {
      send: async () => {
        tokens += 1;
        const expires_at = clock.now() / 1_000 + 3_600;
        return Response.json({ token: `token${tokens}`, expires_at }, { status: 201 });
      },
      stream: async (request: Request) => {
        const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
        if (!accepts(token)) return problemResponse(new ParleyError('not_authorized', 'No.'));
        return streams.open('helper_agent_001', { forMs: 60_000, requireAlive: async () => undefined });
      },
    };
    const http = new DeliveryHttp(network, 'https://delivery.test', clock.now);
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const token = new DeliveryToken({
      http,
      agentId: 'helper_agent_001',
      signingKey: privateKey,
      environment: { subtle: crypto.subtle, random, now: clock.now },
      clock: new OwnClock(clock.now),
    });
    return { stream: new NoticeStream(http, token), signal };
  };

  test('gives what the service tells, until it ends', async () => {
    const streams = new NoticeStreams();
    const { stream, signal } = streamOf(streams, () => true);
    const heard: DeliveryNotice[] = [];
    const reading = stream.listen({ noticed: (notice) => heard.push(notice), alive: () => undefined }, signal.signal);
    await until(() => (streams.has('helper_agent_001') ? true : undefined), 'no stream was opened');
    streams.tell('helper_agent_001', { type: 'notice', inbox: 4, groups: [[group, 7]] });
    await until(() => heard[0], 'no notice came');
    expect(heard).toEqual([{ inbox: 4, groups: [[group, 7]] }]);
    streams.end('helper_agent_001');
    await reading;
  });

  test('asks for a new token once its own is dead', async () => {
    const streams = new NoticeStreams();
    const { stream, signal } = streamOf(streams, (token) => token === 'token2');
    const reader = { noticed: () => undefined, alive: () => undefined };
    await expect(stream.listen(reader, signal.signal)).rejects.toMatchObject({ code: 'not_authorized' });
    const reading = stream.listen(reader, signal.signal);
    await until(() => (streams.has('helper_agent_001') ? true : undefined), 'no stream was opened');
    streams.end('helper_agent_001');
    await reading;
  });
});

describe('whoever follows notices', () => {
  const open = (withFeed: boolean) => {
    const clock = new TestClock(0);
    const seen = { missed: 0, noticed: 0, readers: [] as NoticeReader[], signals: [] as AbortSignal[] };
    const ends: ((cause?: Error) => void)[] = [];
    let listener: NoticeListener | undefined;
    const watch = new NoticeWatch({
      feed: withFeed
        ? {
            follow: (given) => {
              listener = given;
              return () => {
                listener = undefined;
              };
            },
          }
        : undefined,
      stream: {
        listen: (reader, signal) => {
          seen.readers.push(reader);
          seen.signals.push(signal);
          return new Promise((resolve, reject) =>
            ends.push((cause) => (cause === undefined ? resolve() : reject(cause))),
          );
        },
      },
      scheduler: clock,
      chance: () => 0,
      noticed: () => {
        seen.noticed += 1;
      },
      missed: () => {
        seen.missed += 1;
      },
    });
    watch.start();
    return { clock, seen, watch, ends, line: () => listener };
  };
  const streams = (seen: { readonly readers: readonly unknown[] }, count: number) =>
    until(() => (seen.readers.length >= count ? true : undefined), `no ${count} streams were opened`);

  test('looks at everything when the stream begins, and seldom while it lasts', () => {
    const { clock, seen, watch } = open(false);
    clock.advance(15_000);
    expect(seen.missed).toBe(1);
    seen.readers[0]?.alive();
    expect(seen.missed).toBe(2);
    for (let i = 0; i < 9; i++) {
      clock.advance(30_000);
      seen.readers[0]?.alive();
    }
    expect(seen.missed).toBe(2);
    clock.advance(30_000);
    expect(seen.missed).toBe(3);
    watch.stop();
    expect(seen.signals[0]?.aborted).toBe(true);
  });

  test('asks for the stream again when it breaks off, ends, or is silent', async () => {
    const { clock, seen, watch, ends } = open(false);
    ends[0]?.(new ParleyError('delivery_unreachable', 'No.'));
    await until(() => (clock.waiting === 2 ? true : undefined), 'no new try was planned');
    clock.advance(500);
    await streams(seen, 2);
    seen.readers[1]?.alive();
    clock.advance(37_500);
    expect(seen.signals[1]?.aborted).toBe(true);
    ends[1]?.();
    await until(() => (clock.waiting === 2 ? true : undefined), 'no new try was planned');
    clock.advance(500);
    await streams(seen, 3);
    watch.stop();
  });

  test('leaves the stream for a line that carries notices, and takes it up for one that does not', () => {
    const { seen, watch, line } = open(true);
    expect(seen.readers).toHaveLength(0);
    line()?.began(false);
    expect([seen.readers.length, seen.missed]).toEqual([1, 1]);
    line()?.began(true);
    expect([seen.signals[0]?.aborted, seen.missed]).toEqual([true, 2]);
    line()?.noticed({ inbox: 1, groups: [] });
    expect(seen.noticed).toBe(1);
    watch.stop();
    expect(line()).toBeUndefined();
  });
});
