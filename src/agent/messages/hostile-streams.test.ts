import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';
import { gate } from '../testing/gate.ts';
import type { Pair } from '../testing/pair.ts';
import { codeOf, type RawCaller } from '../testing/raw-caller.ts';
import { tellableTo } from './incoming-body.ts';
import { endOf, five, StreamStage } from './testing/stream-stage.ts';

let stage: StreamStage;
let pair: Pair;
let raw: RawCaller;
let other: RawCaller;
beforeAll(async () => {
  stage = await StreamStage.open();
  ({ pair, raw, other } = stage);
});
afterEach(() => stage.clear());

describe('CANCEL', () => {
  test('ends a request that came and has not begun to run: it never does', async () => {
    let runs = 0;
    stage.answers('late', () => ++runs);
    const { historyService } = pair.agent('helper');
    const { opened, open } = gate();
    const { keep } = historyService.history;
    historyService.history.keep = async (...given) => {
      await opened;
      return keep.apply(historyService.history, given);
    };
    const request = stage.newRequest();
    const asked = codeOf(raw.request(request, 'late'));
    const cancelled = await pair.during(raw.cancel(request));
    historyService.history.keep = keep;
    open();
    expect(await pair.during(asked)).toBe('cancelled');
    expect([cancelled.result, runs]).toEqual([{ cancelled: true }, 0]);
    expect(await pair.during(codeOf(raw.request(request, 'late')))).toBe('cancelled');
    expect(runs).toBe(0);
  });

  test('ends a request before it comes, and no other peer’s', async () => {
    let runs = 0;
    stage.answers('late', () => ++runs);
    const request = stage.newRequest();
    expect((await pair.during(raw.cancel(request))).result).toEqual({ cancelled: false });
    expect(await pair.during(codeOf(raw.request(request, 'late')))).toBe('cancelled');
    expect(runs).toBe(0);
    expect(await pair.during(codeOf(other.request(request, 'late')))).toBe('SUCCESS');
  });

  test('of another peer ends nothing', async () => {
    const request = stage.newRequest();
    const id = await stage.served(request);
    expect((await pair.during(other.cancel(request))).result).toEqual({ cancelled: false });
    expect((await pair.during(raw.read(id))).attachment).toEqual(five);
    expect((await pair.during(raw.cancel(request))).result).toEqual({ cancelled: true });
    expect(await pair.during(codeOf(raw.read(id)))).toBe('cancelled');
    expect(await pair.during(codeOf(raw.request(request, 'five')))).toBe('stream_gone');
  });

  test('ends a stream that its handler gives afterwards', async () => {
    const { opened, open } = gate();
    let isEnded = false;
    const source = new ReadableStream<Bytes>({
      cancel: () => {
        isEnded = true;
      },
    });
    stage.answers('late', async () => {
      await opened;
      return source;
    });
    const request = stage.newRequest();
    const asked = codeOf(raw.request(request, 'late'));
    await pair.pass(1_000);
    expect((await pair.during(raw.cancel(request))).result).toEqual({ cancelled: true });
    expect(await pair.during(asked)).toBe('cancelled');
    open();
    await pair.passing(() => (isEnded ? true : undefined));
  });
});

describe('64 streams of a peer', () => {
  test('are all it has; the source of one more is ended, and another peer has its own', async () => {
    let made = 0;
    let ended = 0;
    stage.answers('endless', () => {
      made += 1;
      return new ReadableStream<Bytes>({
        cancel: () => {
          ended += 1;
        },
      });
    });
    const asked = Array.from({ length: limits.streamsOfPeer + 2 }, () =>
      codeOf(raw.request(stage.newRequest(), 'endless')),
    );
    const codes = await pair.during(Promise.all(asked));
    expect(codes.filter((code) => code === 'STREAM')).toHaveLength(limits.streamsOfPeer);
    expect(codes.filter((code) => code === 'stream_limit_reached')).toHaveLength(2);
    expect([made, ended]).toEqual([limits.streamsOfPeer + 2, 2]);
    expect(await pair.during(codeOf(other.request(stage.newRequest(), 'endless')))).toBe('STREAM');
    const stream = { stream_id: stage.newId(), media_type: 'text/plain' };
    expect(await pair.during(codeOf(raw.request(stage.newRequest(), 'take', { stream })))).toBe('stream_limit_reached');
    // Nothing but streams is refused.
    expect(await pair.during(codeOf(raw.request(stage.newRequest(), 'ping')))).toBe('SUCCESS');
  });

  test('and as many uploads one after the other as it likes', async () => {
    stage.answers('take', async ({ body }) => (await body?.bytes())?.length ?? null);
    const end = { done: true, ...(await endOf(five)) };
    for (let i = 0; i < limits.streamsOfPeer + 8; i++) {
      const request = stage.newRequest();
      const id = await stage.begun({}, request);
      await pair.during(raw.write(id, 0, five, end));
      expect((await pair.during(raw.request(request, 'take'))).result).toBe(5);
      expect((await pair.during(raw.write(id, 0, five, end))).result).toEqual({ next: 5 });
    }
  });
});

describe('a peer whose hello says nothing of bytes', () => {
  const older = { attachment: false, stream: false, sentAt: true, binary: false } as const;
  const json = { message_type: 'RESPONSE', request_id: 'x', status: 'SUCCESS', result: 1 } as const;

  test.each([undefined, older])('is told of none, also when others were (%j)', (peerExtensions) => {
    const failed = expect.objectContaining({ code: 'handler_failed' });
    expect(() => tellableTo({ peerExtensions }, { json, attachment: five })).toThrowError(failed);
    expect(() => tellableTo({ peerExtensions }, { json: { ...json, status: 'STREAM' } })).toThrowError(failed);
    expect(tellableTo({ peerExtensions }, { json })).toEqual({ json });
  });
});

test('a body that its sender never ends is not waited for for ever', async () => {
  const request = stage.newRequest();
  await stage.begun({}, request);
  await pair.pass(1_000 * limits.streamIdle + 1_000);
  expect(await pair.during(codeOf(raw.request(request, 'take')))).toBe('handler_failed');
});
