import { beforeEach, describe, expect, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { TestClock } from '../testing/clock.ts';
import { BufferQuota } from './buffer-quota.ts';
import { sourceOfBytes } from './byte-source.ts';
import { type ReadRange, ServedStream } from './served-stream.ts';
import { type StreamBegin, StreamReader } from './stream-reader.ts';
import { LossyLink, whileTimePasses } from './testing/lossy-link.ts';
import { fair, foul, material, outcome, PiecedSource, type Setting, seeds, sizes } from './testing/pieced-source.ts';
import { WaitTurns } from './wait-turns.ts';

const { subtle } = crypto;
let clock: TestClock;
beforeEach(() => {
  clock = new TestClock(1_790_000_000_000);
});

function served({ seed, size, weather = fair, announced, failsAt }: Setting) {
  const chance = new Chance(seed);
  const bytes = material(size, seed);
  const source = new PiecedSource(bytes, chance, clock, failsAt);
  const quota = new BufferQuota();
  const stream = new ServedStream(source, { subtle, scheduler: clock, share: quota.share('peer'), size: announced });
  const link = new LossyLink(chance, clock, weather);
  const reads: number[] = [];
  const ranges: ReadRange[] = [];
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
          ranges.push(range);
          return stream.read(range);
        }),
    },
  );
  return { bytes, source, stream, reader, reads, ranges };
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
    const source = new PiecedSource(material(50_000, 1), new Chance(3), clock);
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

  test.each([1, 262_144, 3_000_000])('of %i bytes is released as a whole only once its end has come', async (size) => {
    const { stream, reader, ranges } = served({ seed: 5, size });
    await whileTimePasses(clock, readAll(reader));
    await whileTimePasses(clock, stream.read({ from: size, most: 0, release: 0, wait: 0 }));
    expect(ranges.filter(({ most, release }) => most > 0 && release >= size)).toEqual([]);
    expect(ranges.at(-1)).toMatchObject({ most: 0, release: size });
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
      const source = new PiecedSource(material(4_000, seed), new Chance(seed), clock);
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

describe('a reading that another one goes on with', () => {
  const bytes = material(3 * 1024 * 1024 + 700, 7);
  const readerOf = (stream: ServedStream, begin: StreamBegin = {}) =>
    new StreamReader(begin, {
      subtle,
      scheduler: clock,
      turns: new WaitTurns(),
      origin: 'https://helper.example',
      read: (range) => stream.read(range),
    });

  test('has every byte once, and the hash of the whole', async () => {
    const stream = ownerOf(bytes, bytes.length);
    const first = readerOf(stream);
    first.stored(0);
    const parts: Bytes[] = [];
    while (first.at < 1_500_000) parts.push(await first.next().then((part = new Uint8Array(0)) => part.slice()));
    first.stop(new ParleyError('cancelled', 'The page was closed.'));
    const so = concat(...parts);
    const whole = 1024 * 1024 * first.digests.length;
    const second = readerOf(stream, { size: bytes.length, digests: first.digests, tail: so.slice(whole) });
    expect(concat(so, await readAll(second))).toEqual(bytes);
    expect(second.end?.size).toBe(bytes.length);
  });

  test('reads on in a stream that begins anew, beyond what its owner buffers', async () => {
    const stream = ownerOf(bytes, bytes.length);
    const at = 2 * 1024 * 1024;
    const before = new StreamHash(subtle);
    await before.add(bytes.subarray(0, at));
    const reader = readerOf(stream, { size: bytes.length, digests: before.digests });
    expect(await whileTimePasses(clock, readAll(reader))).toEqual(bytes.subarray(at));
  });

  test('finds what it says it has not stored', async () => {
    const stream = ownerOf(bytes, bytes.length);
    const first = readerOf(stream);
    first.stored(0);
    for (let read = 0; read < 4; read++) await first.next();
    first.stored(1024 * 1024);
    first.stop(new ParleyError('cancelled', 'The page was closed.'));
    const second = readerOf(stream, { digests: first.digests.slice(0, 1) });
    expect(await whileTimePasses(clock, readAll(second))).toEqual(bytes.subarray(1024 * 1024));
  });

  test('is never taken as whole when it was stopped', async () => {
    const reader = readerOf(ownerOf(bytes));
    await reader.next();
    reader.stop(new ParleyError('cancelled', 'Stopped.'));
    expect(await outcome(reader.next())).toBe('cancelled');
    expect(reader.end).toBeUndefined();
  });

  test('is ended after 30 minutes in which nobody reads', async () => {
    const stream = ownerOf(bytes);
    let isAbandoned = false;
    const reader = new StreamReader(
      {},
      {
        subtle,
        scheduler: clock,
        turns: new WaitTurns(),
        origin: 'https://helper.example',
        read: (range) => stream.read(range),
        abandoned: () => {
          isAbandoned = true;
        },
      },
    );
    await reader.next();
    clock.advance(29 * 60_000);
    expect(isAbandoned).toBe(false);
    clock.advance(3 * 60_000);
    expect(isAbandoned).toBe(true);
    expect(await outcome(reader.next())).toBe('stream_gone');
  });
});
