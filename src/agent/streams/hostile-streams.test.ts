import { beforeEach, describe, expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { isStreamId, type StreamId } from '../../protocol/wire/stream-payloads.ts';
import { TestClock } from '../testing/clock.ts';
import { AgentStreams } from './agent-streams.ts';
import { BufferQuota } from './buffer-quota.ts';
import { type ByteSource, sourceOfBytes } from './byte-source.ts';
import { ServedStream } from './served-stream.ts';
import { TakenStream } from './taken-stream.ts';
import { whileTimePasses } from './testing/lossy-link.ts';
import { material, outcome } from './testing/pieced-source.ts';

const { subtle } = crypto;
const cancelled = new ParleyError('cancelled', 'The peer cancelled this request.');
const nothing: Bytes = new Uint8Array(0);
const megabyte = material(limits.streamPart, 3);
let clock: TestClock;
let streams: AgentStreams;
beforeEach(() => {
  clock = new TestClock(1_790_000_000_000);
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  streams = new AgentStreams({ environment: { subtle, random }, scheduler: clock });
});

function idOf(number: number): StreamId {
  const id = number.toString(16).padStart(32, '0');
  if (!isStreamId(id)) throw new TypeError('no id');
  return id;
}

const hostile = (requestId: string) => ({ peerKey: 'hostile', requestId });
const head = (number: number, more: { size?: number; keep?: number } = {}) => ({
  stream_id: idOf(number),
  media_type: 'text/plain',
  ...more,
});
const write = (number: number, from: number, bytes: Bytes, end?: { size: number; hash: Bytes }) =>
  streams.write(
    'hostile',
    {
      message_type: 'STREAM_WRITE',
      request_id: 'w',
      stream_id: idOf(number),
      from,
      done: end !== undefined,
      ...end,
      nonce: nothing,
      attachment: { size: bytes.length },
    },
    bytes,
  );
const read = (peerKey: string, id: StreamId, range: Partial<{ from: number; release: number; wait: number }> = {}) =>
  streams.read(peerKey, {
    message_type: 'STREAM_READ',
    request_id: 'r',
    stream_id: id,
    from: 0,
    max_bytes: limits.streamPart,
    release: 0,
    wait: 0,
    nonce: nothing,
    ...range,
  });
const served = (requestId: string, source: ByteSource, keep?: number) => {
  const { stream_id: id } = streams.serve(hostile(requestId), { source, mediaType: 'text/plain', keep });
  return isStreamId(id) ? id : idOf(0);
};
const endOf = async (...parts: readonly Bytes[]) => {
  const hash = new StreamHash(subtle);
  for (const part of parts) await hash.add(part);
  return hash.end();
};

/** Writes until nothing more is taken. */
async function fill(number: number): Promise<number> {
  for (let at = 0; ; ) {
    const next = await write(number, at, megabyte);
    if (next === at) return at;
    at = next;
  }
}

describe('what a peer has written and nobody reads', () => {
  test('is let go of when its request is answered, however long the peer says that it keeps the stream', async () => {
    for (let number = 1; number <= 4; number++) {
      const taken = streams.take(hostile(`r${number}`), head(number, { keep: limits.streamKept }));
      expect(await fill(number)).toBe(limits.streamBuffer + limits.streamBuffersOfPeer);
      taken.drop(cancelled);
      expect(taken.held).toBe(0);
    }
  });

  test('is not held by the whole of a write of which a part was taken', async () => {
    const taken = new TakenStream({
      subtle,
      share: new BufferQuota({ ofStream: 20_000, ofPeer: 0, inAll: 0 }).share('a'),
    });
    const reader = taken.readable.getReader();
    expect(await taken.write({ from: 0, bytes: megabyte, end: undefined })).toBe(20_000);
    const { value } = await reader.read();
    expect(value?.buffer.byteLength).toBeLessThan(limits.streamBuffer);
  });
});

describe('the places of a peer', () => {
  test('are free again after each request that was answered, and its last write is answered as before', async () => {
    const end = await endOf(megabyte);
    for (let number = 1; number <= 3 * limits.streamsOfPeer; number++) {
      const taken = streams.take(hostile(`r${number}`), head(number));
      expect(await write(number, 0, megabyte, end)).toBe(limits.streamPart);
      taken.drop(cancelled);
      streams.close('hostile', idOf(number));
      expect(await write(number, 0, megabyte, end)).toBe(limits.streamPart);
      expect(await write(number, limits.streamPart, nothing, end)).toBe(limits.streamPart);
    }
  });

  test('are free again after each CANCEL', async () => {
    for (let number = 1; number <= 3 * limits.streamsOfPeer; number++) {
      const id = served(`r${number}`, sourceOfBytes(megabyte), limits.streamKept);
      expect(streams.end(hostile(`r${number}`), cancelled)).toBe(true);
      expect(streams.end(hostile(`r${number}`), cancelled)).toBe(false);
      expect(streams.has('hostile', id)).toBe(false);
    }
  });

  test('are 64, and another peer has its own', () => {
    for (let number = 1; number <= limits.streamsOfPeer; number++) streams.take(hostile('r'), head(number));
    expect(() => streams.take(hostile('r'), head(100))).toThrowError(
      expect.objectContaining({ code: 'stream_limit_reached' }),
    );
    streams.take({ peerKey: 'other', requestId: 'r' }, head(1));
  });
});

describe('the time of a stream', () => {
  test('is the one that its owner announces, be it short', async () => {
    streams.take(hostile('r'), head(1, { keep: 2 }));
    clock.advance(1_900);
    expect(await write(1, 0, nothing)).toBe(0);
    clock.advance(1_900);
    expect(await write(1, 0, nothing)).toBe(0);
    clock.advance(2_100);
    expect(await outcome(write(1, 0, nothing))).toBe('stream_gone');
  });

  test('does not run out while a read waits', async () => {
    const given = Promise.withResolvers<Bytes | undefined>();
    const never = new Promise<undefined>(() => undefined);
    const next = [given.promise, never].values();
    const source = { next: () => next.next().value ?? never, cancel: async () => undefined };
    const id = served('r', source, 2);
    const waiting = read('hostile', id, { wait: 20 });
    clock.advance(5_000);
    given.resolve(material(5, 1));
    expect((await waiting).bytes.length).toBe(5);
    clock.advance(1_900);
    expect(await outcome(read('hostile', id))).toBe('whole');
    clock.advance(2_100);
    expect(await outcome(read('hostile', id))).toBe('stream_gone');
  });
});

describe('the end of a stream', () => {
  test.each([4, 6])('of another size than was announced is none, for who reads what is written (%i)', async (size) => {
    const taken = streams.take(hostile('r'), head(1, { size: 5 }));
    const reader = taken.readable.getReader();
    const bytes = material(size, 1);
    const code = await outcome(write(1, 0, bytes, await endOf(bytes)));
    expect(code).toBe(size < 5 ? 'stream_corrupt' : 'malformed_message');
    if (size < 5) await expect(reader.read()).rejects.toMatchObject({ code: 'stream_corrupt' });
    expect(taken.isWhole).toBe(false);
  });
});

describe('reads that wait', () => {
  test('are so many of a peer at most: those beyond are answered at once', async () => {
    const never = { next: () => new Promise<undefined>(() => undefined), cancel: async () => undefined };
    const ids = Array.from({ length: 8 }, (_, at) => served(`r${at}`, never));
    let answered = 0;
    const flood = Array.from({ length: 200 }, (_, at) => read('hostile', ids[at % 8] ?? idOf(0), { wait: 20 }));
    for (const one of flood) void one.then(() => answered++);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(200 - 16);
    const { stream_id: other } = streams.serve({ peerKey: 'other', requestId: 'r' }, { source: never, mediaType: '' });
    let isAnswered = false;
    const waits = read('other', isStreamId(other) ? other : idOf(0), { wait: 20 });
    void waits.then(() => {
      isAnswered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAnswered).toBe(false);
    clock.advance(20_000);
    expect((await Promise.all(flood)).length).toBe(200);
    await waits;
  });
});

describe('what is served', () => {
  test('and ended is held no longer', async () => {
    const share = new BufferQuota().share('a');
    const stream = new ServedStream(sourceOfBytes(megabyte), { subtle, scheduler: clock, share });
    await whileTimePasses(clock, stream.read({ from: 0, most: 1, release: 0, wait: 20 }));
    stream.fail(cancelled);
    expect([share.held, stream.held]).toEqual([0, 0]);
  });

  test('is told as JSON that holds no more than was announced', async () => {
    const bytes = material(3, 1);
    const id = served('r', sourceOfBytes(bytes));
    const first = await whileTimePasses(clock, read('hostile', id, { wait: 20 }));
    await whileTimePasses(clock, read('hostile', id, { from: 3, wait: 20 }));
    const again: { readonly result: JsonObject } = await read('hostile', id);
    expect(first.bytes).toEqual(bytes);
    const { hash } = await endOf(bytes);
    expect(again.result).toEqual({ from: 0, length: 3, done: true, size: 3, hash: encodeBase64(hash) });
  });
});
