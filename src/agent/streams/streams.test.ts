import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { TestClock } from '../testing/clock.ts';
import { BufferQuota } from './buffer-quota.ts';
import { type ByteSource, sourceOfBytes } from './byte-source.ts';
import { ServedStream } from './served-stream.ts';
import { StreamReader } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';
import { TakenStream } from './taken-stream.ts';
import { LossyLink, type Weather, whileTimePasses } from './testing/lossy-link.ts';
import { WaitTurns } from './wait-turns.ts';

const { subtle } = crypto;
const fair: Weather = { lost: 0, unanswered: 0, doubled: 0, late: 0 };
const foul: Weather = { lost: 12, unanswered: 12, doubled: 20, late: 30 };

let clock: TestClock;
beforeEach(() => {
  clock = new TestClock(1_790_000_000_000);
});

/** Bytes that are different everywhere. */
function material(size: number, seed: number): Bytes {
  const bytes = new Uint8Array(size);
  let state = seed + 1;
  for (let i = 0; i < size; i++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    bytes[i] = state >> 16;
  }
  return bytes;
}

/** A source of these bytes in pieces of any length, some of them after a while. */
class PiecedSource implements ByteSource {
  cancelled: unknown;
  given = 0;
  readonly #bytes: Bytes;
  readonly #chance: Chance;
  readonly #failsAt: number | undefined;

  constructor(bytes: Bytes, chance: Chance, failsAt?: number) {
    this.#bytes = bytes;
    this.#chance = chance;
    this.#failsAt = failsAt;
  }

  async next(): Promise<Bytes | undefined> {
    if (this.#chance.below(4) === 0) {
      await new Promise<void>((resolve) => {
        clock.after(1 + this.#chance.below(90_000), resolve);
      });
    }
    if (this.#failsAt !== undefined && this.given >= this.#failsAt) throw new TypeError('the application’s own words');
    if (this.given === this.#bytes.length) return undefined;
    const most = [0, 1, 700, 70_000, 3_000_000][this.#chance.below(5)] ?? 1;
    const piece = this.#bytes.subarray(this.given, this.given + most);
    this.given += piece.length;
    return piece;
  }

  async cancel(reason: unknown): Promise<void> {
    this.cancelled = reason;
  }
}

interface Setting {
  readonly seed: number;
  readonly size: number;
  readonly weather?: Weather;
  readonly announced?: number;
  readonly failsAt?: number;
}

function served({ seed, size, weather = fair, announced, failsAt }: Setting) {
  const chance = new Chance(seed);
  const bytes = material(size, seed);
  const source = new PiecedSource(bytes, chance, failsAt);
  const quota = new BufferQuota();
  const stream = new ServedStream(source, { subtle, scheduler: clock, share: quota.share('peer'), size: announced });
  const link = new LossyLink(chance, clock, weather);
  const reads: number[] = [];
  const reader = new StreamReader(
    { size: announced },
    {
      subtle,
      scheduler: clock,
      turns: new WaitTurns(),
      origin: 'https://helper.example',
      read: (range) =>
        link.ask(() => {
          reads.push(range.from);
          return stream.read(range);
        }),
    },
  );
  return { bytes, source, stream, reader, reads };
}

/** A stream whose bytes are all there. */
function ownerOf(bytes: Bytes, size?: number): ServedStream {
  return new ServedStream(sourceOfBytes(bytes), {
    subtle,
    scheduler: clock,
    share: new BufferQuota().share('peer'),
    size,
  });
}

async function readAll(reader: StreamReader): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (let part = await reader.next(); part !== undefined; part = await reader.next()) parts.push(part.slice());
  return concat(...parts);
}

function taken({ seed, size, weather = fair, announced, failsAt }: Setting) {
  const chance = new Chance(seed);
  const bytes = material(size, seed);
  const source = new PiecedSource(bytes, chance, failsAt);
  const stream = new TakenStream({ subtle, share: new BufferQuota().share('peer'), size: announced });
  const link = new LossyLink(chance, clock, weather);
  const stopping = new AbortController();
  const writer = new StreamWriter(source, {
    subtle,
    scheduler: clock,
    size: announced,
    signal: stopping.signal,
    write: (written) => link.ask(() => stream.write(written)),
  });
  return { bytes, source, stream, writer, stopping };
}

async function drain(readable: ReadableStream<Bytes>): Promise<Bytes> {
  const parts: Bytes[] = [];
  const reader = readable.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) parts.push(read.value.slice());
  return concat(...parts);
}

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'whole',
    (cause: unknown) => (cause instanceof ParleyError ? cause.code : cause),
  );

const sizes = [0, 1, 100, limits.streamPart - 1, limits.streamPart, limits.streamPart + 1, 3_300_000];
const seeds = Array.from({ length: 12 }, (_, seed) => seed);

describe('the hash of a stream', () => {
  const whole = (bytes: Bytes) => {
    const blocks = [];
    for (let at = 0; at < bytes.length; at += limits.streamPart) {
      blocks.push(
        createHash('sha256')
          .update(bytes.subarray(at, at + limits.streamPart))
          .digest(),
      );
    }
    return new Uint8Array(createHash('sha256').update(Buffer.concat(blocks)).digest());
  };

  test.each(sizes)('of %i bytes is that of the hashes of its blocks, in whatever pieces they come', async (size) => {
    const bytes = material(size, size);
    for (const seed of seeds) {
      const chance = new Chance(seed);
      const hash = new StreamHash(subtle);
      for (let at = 0; at < size; ) {
        const piece = bytes.subarray(at, at + 1 + chance.below([10_000, 400_000, 2_000_000][seed % 3] ?? 1));
        await hash.add(piece);
        if (chance.below(3) === 0) hash.compact();
        expect(hash.pending).toBeLessThan(limits.streamPart);
        at += piece.length;
      }
      expect(await hash.end()).toEqual({ size, hash: whole(bytes) });
    }
  });

  test('goes on after the blocks of another one', async () => {
    const bytes = material(3_300_000, 9);
    const first = new StreamHash(subtle);
    await first.add(bytes.subarray(0, 2_500_000));
    const second = new StreamHash(subtle, first.digests);
    expect(second.size).toBe(2 * limits.streamPart);
    await second.add(bytes.subarray(second.size));
    expect((await second.end()).hash).toEqual(whole(bytes));
  });
});

describe('a stream that is read', () => {
  test.each(seeds)('arrives exactly, whatever the link does (seed %i)', async (seed) => {
    const size = sizes[seed % sizes.length] ?? 0;
    const { bytes, reader, stream } = served({
      seed,
      size,
      weather: foul,
      ...(seed % 2 === 0 ? { announced: size } : {}),
    });
    expect(await whileTimePasses(clock, readAll(reader))).toEqual(bytes);
    await whileTimePasses(clock, new Promise<void>((resolve) => void clock.after(10_000, resolve)));
    expect(stream.isReleased).toBe(true);
  });

  test('is never taken as whole when its end was altered on the way', async () => {
    const { bytes, stream } = served({ seed: 1, size: 300_000 });
    const altering = new StreamReader(
      {},
      {
        subtle,
        scheduler: clock,
        turns: new WaitTurns(),
        origin: 'https://helper.example',
        read: async (range) => {
          const read = await stream.read(range);
          const altered = read.bytes.slice();
          if (range.from === 0 && altered.length > 0) altered[0] = (altered[0] ?? 0) ^ 1;
          return { ...read, bytes: altered };
        },
      },
    );
    expect(bytes.length).toBe(300_000);
    expect(await whileTimePasses(clock, outcome(readAll(altering)))).toBe('stream_corrupt');
  });

  test('that fails at its source is told as failed, without a word of the application', async () => {
    const { reader } = served({ seed: 4, size: 900_000, failsAt: 200_000, weather: foul });
    expect(await whileTimePasses(clock, outcome(readAll(reader)))).toBe('stream_failed');
  });

  test.each([1_000, 5_000])('of another size than announced is no whole one (%i)', async (announced) => {
    const { reader } = served({ seed: 5, size: 3_000, announced });
    expect(await whileTimePasses(clock, outcome(readAll(reader)))).toBe('stream_failed');
  });

  test('holds no more at its owner than the buffer of one stream and the shares', async () => {
    const quota = new BufferQuota({ ofStream: 1_000, ofPeer: 2_000, inAll: 2_500 });
    const [first, second] = [quota.share('a'), quota.share('b')];
    expect([first.take(10_000), second.take(10_000)]).toEqual([3_000, 1_500]);
    expect(quota.share('c').take(10_000)).toBe(1_000);
    first.give(2_500);
    expect([second.take(10_000), first.held]).toEqual([1_500, 500]);
    const source = new PiecedSource(material(50_000, 1), new Chance(3));
    const stream = new ServedStream(source, {
      subtle,
      scheduler: clock,
      share: new BufferQuota({ ofStream: 1_000, ofPeer: 0, inAll: 0 }).share('a'),
    });
    const read = stream.read({ from: 0, most: 50_000, release: 0, wait: 20 });
    const { bytes } = await whileTimePasses(clock, read);
    expect(bytes.length).toBeLessThanOrEqual(1_000);
    // Whatever else it asks for: what was not released stays, and no more comes.
    await whileTimePasses(clock, stream.read({ from: 0, most: 50_000, release: 0, wait: 20 }));
    const full = await whileTimePasses(clock, stream.read({ from: 1_000, most: 50_000, release: 0, wait: 20 }));
    expect(full.bytes.length).toBe(0);
  });

  test('names what is wrong with a read', async () => {
    const stream = ownerOf(material(3_000, 6), 3_000);
    const read = (from: number, release: number) =>
      whileTimePasses(clock, outcome(stream.read({ from, most: 100, release, wait: 0 })));
    expect(await read(0, 1)).toBe('malformed_message');
    expect(await read(3_001, 0)).toBe('malformed_message');
    await whileTimePasses(clock, stream.read({ from: 2_999, most: 1, release: 0, wait: 20 }));
    expect(await read(100, 100)).toBe('whole');
    expect(await read(99, 0)).toBe('stream_gone');
    expect(await read(100, 0)).toBe('whole');
  });

  test('repeats its last bytes, also when it is done', async () => {
    const bytes = material(500, 7);
    const stream = ownerOf(bytes);
    const range = { from: 0, most: 1_000, release: 0, wait: 20 } as const;
    await whileTimePasses(clock, stream.read({ ...range, from: 500 }));
    const [first, second] = [await stream.read(range), await stream.read(range)];
    expect(first.bytes).toEqual(bytes);
    expect(second).toEqual(first);
    expect(first.end?.size).toBe(500);
    expect(stream.isReleased).toBe(false);
    await stream.read({ from: 500, most: 0, release: 500, wait: 0 });
    expect(stream.isReleased).toBe(true);
  });

  test('waits at an origin twice at once, whoever else reads there too', async () => {
    const turns = new WaitTurns();
    let waiting = 0;
    let most = 0;
    const readers = Array.from({ length: 6 }, (_, seed) => {
      const source = new PiecedSource(material(4_000, seed), new Chance(seed));
      const share = new BufferQuota().share('peer');
      const stream = new ServedStream(source, { subtle, scheduler: clock, share });
      return new StreamReader(
        {},
        {
          subtle,
          scheduler: clock,
          turns,
          origin: 'https://helper.example',
          read: async (range) => {
            if (range.wait > 0) waiting += 1;
            most = Math.max(most, waiting);
            try {
              return await stream.read(range);
            } finally {
              if (range.wait > 0) waiting -= 1;
            }
          },
        },
      );
    });
    const all = await whileTimePasses(clock, Promise.all(readers.map(readAll)));
    expect(all.map(({ length }) => length)).toEqual([4_000, 4_000, 4_000, 4_000, 4_000, 4_000]);
    expect(most).toBe(2);
  });
});

describe('a stream that is written', () => {
  test.each(seeds)('arrives exactly, whatever the link does (seed %i)', async (seed) => {
    const size = sizes[seed % sizes.length] ?? 0;
    const { bytes, stream, writer } = taken({
      seed,
      size,
      weather: foul,
      ...(seed % 2 === 0 ? { announced: size } : {}),
    });
    const [end, arrived] = await whileTimePasses(clock, Promise.all([writer.run(), drain(stream.readable)]));
    expect(arrived).toEqual(bytes);
    expect(end.size).toBe(size);
  });

  test('to who does not read it is held back, and goes on when they do', async () => {
    const { bytes, source, stream, writer } = taken({ seed: 2, size: 40_000_000 });
    const running = writer.run();
    await whileTimePasses(clock, new Promise<void>((resolve) => void clock.after(3_600_000, resolve)));
    expect(source.given).toBeLessThan(limits.streamBuffersOfPeer + 5 * limits.streamPart);
    const [, arrived] = await whileTimePasses(clock, Promise.all([running, drain(stream.readable)]), 1_000_000);
    expect(arrived.length).toBe(bytes.length);
  });

  test('that is not what its sender says errors where it is read, and its sender is told', async () => {
    const { stream } = taken({ seed: 3, size: 0 });
    const drained = outcome(drain(stream.readable));
    await stream.write({ from: 0, bytes: material(10, 1), end: undefined });
    const end = { size: 10, hash: new Uint8Array(32) };
    expect(await outcome(stream.write({ from: 10, bytes: new Uint8Array(0), end }))).toBe('stream_corrupt');
    expect(await drained).toBe('stream_corrupt');
    expect(await outcome(stream.write({ from: 10, bytes: material(1, 1), end: undefined }))).toBe('stream_corrupt');
  });

  test('takes nothing at another offset, and its last write again', async () => {
    const { stream } = taken({ seed: 3, size: 0, announced: 10 });
    const drained = drain(stream.readable);
    const hash = new StreamHash(subtle);
    const bytes = material(10, 2);
    await hash.add(bytes);
    const end = await hash.end();
    expect(await stream.write({ from: 5, bytes: bytes.subarray(5), end })).toBe(0);
    expect(await stream.write({ from: 0, bytes: bytes.subarray(0, 6), end: undefined })).toBe(6);
    expect(await stream.write({ from: 0, bytes: bytes.subarray(0, 6), end: undefined })).toBe(6);
    expect(await outcome(stream.write({ from: 6, bytes, end: undefined }))).toBe('malformed_message');
    expect(await stream.write({ from: 6, bytes: bytes.subarray(6), end })).toBe(10);
    expect(await stream.write({ from: 6, bytes: bytes.subarray(6), end })).toBe(10);
    expect(await drained).toEqual(bytes);
    const other = { size: 10, hash: new Uint8Array(32) };
    expect(await outcome(stream.write({ from: 6, bytes: bytes.subarray(6), end: other }))).toBe('stream_corrupt');
    expect(stream.isWhole).toBe(true);
  });

  test('that nobody reads any more ends at its sender, and its source is told', async () => {
    const { source, stream, writer } = taken({ seed: 8, size: 5_000_000, weather: foul });
    const running = outcome(writer.run());
    await stream.readable.cancel();
    expect(await whileTimePasses(clock, running)).toBe('cancelled');
    expect(source.cancelled).toBeInstanceOf(ParleyError);
  });

  test('that its sender ends is told to its source', async () => {
    const { source, writer, stopping } = taken({ seed: 9, size: 5_000_000 });
    const running = outcome(writer.run());
    stopping.abort(new ParleyError('cancelled', 'No longer wanted.'));
    expect(await whileTimePasses(clock, running)).toBe('cancelled');
    expect(source.cancelled).toBeInstanceOf(ParleyError);
  });

  test.each([1_000, 5_000])('of another size than announced is no whole one (%i)', async (announced) => {
    const { writer } = taken({ seed: 5, size: 3_000, announced });
    const code = await whileTimePasses(clock, outcome(writer.run()));
    expect(code).toBe('stream_failed');
  });
});
