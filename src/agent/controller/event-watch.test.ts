import { expect, test } from 'vitest';
import type { EventFeed, FeedListener } from '../contracts/ports.ts';
import { TestClock } from '../testing/clock.ts';
import { until } from '../testing/until.ts';
import { ControllerClient } from './client.ts';
import { watchEvents } from './event-watch.ts';

const encoder = new TextEncoder();

/** An agent that follows a Controller's stream of events, which says what the test writes. */
function world(feed?: EventFeed) {
  const clock = new TestClock(1_790_000_000_000);
  const open = new Set<ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>>();
  let asked = 0;
  const controller = new ControllerClient(
    {
      send: async () => new Response(null, { status: 404 }),
      stream: async ({ signal }) => {
        asked += 1;
        let own: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
        const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
          start(made) {
            own = made;
            open.add(made);
            signal.addEventListener('abort', () => {
              if (open.delete(made)) made.error(signal.reason);
            });
          },
          cancel: () => {
            if (own !== undefined) open.delete(own);
          },
        });
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
      },
    },
    'https://controller.test',
    { subtle: crypto.subtle, now: clock.now },
  );
  const counts = { revoked: 0, directory: 0 };
  const stop = watchEvents({
    controller,
    scheduler: clock,
    now: clock.now,
    chance: () => 0,
    feed,
    revoked: () => {
      counts.revoked += 1;
    },
    directoryChanged: () => {
      counts.directory += 1;
    },
  });
  const say = (text: string) => {
    for (const one of open) one.enqueue(encoder.encode(text));
  };
  return { clock, counts, say, stop, open: () => open.size, asked: () => asked };
}

/** Lets what is under way go on until it waits for time or the wire. */
async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

test('a stream on which nothing comes for two and a half heartbeats is left, and asked for again', async () => {
  const { clock, open, asked, say, stop } = world();
  await settle();
  expect(open()).toBe(1);
  clock.advance(30_000);
  say(': still here\n\n');
  await settle();
  clock.advance(37_000);
  await settle();
  expect([asked(), open()]).toEqual([1, 1]);
  clock.advance(1_000);
  await settle();
  expect(open()).toBe(0);
  clock.advance(1_000);
  await until(() => (asked() === 2 ? true : undefined));
  await settle();
  expect(open()).toBe(1);
  stop();
  await settle();
  expect(open()).toBe(0);
});

test('a thousand events of agents that come and go are looked up twice: at once, and when they are over', async () => {
  const { clock, counts, say, stop } = world();
  await settle();
  say('event: agent_online\ndata: {}\n\n'.repeat(1_000));
  await settle();
  expect(counts).toEqual({ revoked: 0, directory: 1 });
  clock.advance(1_000);
  expect(counts).toEqual({ revoked: 0, directory: 2 });
  clock.advance(10_000);
  expect(counts).toEqual({ revoked: 0, directory: 2 });
  stop();
});

test('one agent that comes and goes without end makes others look at the directory every 8 s at most', async () => {
  const { clock, counts, say, stop } = world();
  await settle();
  for (let second = 0; second < 95; second += 1) {
    say('event: agent_online\ndata: {}\n\n');
    await settle();
    clock.advance(1_000);
  }
  // At once, after 1, 2 and 4 s, then ten times after 8 s.
  expect(counts.directory).toBeLessThanOrEqual(15);
  expect(counts.directory).toBeGreaterThanOrEqual(12);
  clock.advance(8_000);
  const { directory } = counts;
  clock.advance(60_000);
  expect(counts.directory).toBe(directory);
  stop();
});

test('an agent whose line carries the events asks for no stream; where it does not, the stream is asked for', async () => {
  let listener: FeedListener | undefined;
  const { counts, open, asked, stop } = world({
    follow: (given) => {
      listener = given;
      return () => {
        listener = undefined;
      };
    },
  });
  await settle();
  expect(asked()).toBe(0);
  listener?.began(true);
  expect([asked(), counts]).toEqual([0, { revoked: 1, directory: 1 }]);
  listener?.heard('certificate_revoked');
  expect(counts).toMatchObject({ revoked: 2 });
  listener?.began(false);
  await settle();
  expect([asked(), open()]).toEqual([1, 1]);
  listener?.began(true);
  await settle();
  expect(open()).toBe(0);
  stop();
  expect(listener).toBe(undefined);
});

test('a stream that is refused is asked for again once whoever refused it takes it', async () => {
  const clock = new TestClock(1_790_000_000_000);
  let asked = 0;
  const network = {
    send: async () => new Response(null, { status: 404 }),
    stream: async () => {
      asked += 1;
      return new Response(null, { status: 429, headers: { 'retry-after': '20' } });
    },
  };
  const environment = { subtle: crypto.subtle, now: clock.now };
  const stop = watchEvents({
    controller: new ControllerClient(network, 'https://controller.test', environment),
    scheduler: clock,
    now: clock.now,
    chance: () => 0,
    feed: undefined,
    revoked: () => undefined,
    directoryChanged: () => undefined,
  });
  await settle();
  clock.advance(19_999);
  await settle();
  expect(asked).toBe(1);
  clock.advance(1);
  await settle();
  expect(asked).toBe(2);
  stop();
});
