import { beforeEach, describe, expect, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { TestClock } from '../testing/clock.ts';
import { BufferQuota } from './buffer-quota.ts';
import { StreamWriter } from './stream-writer.ts';
import { TakenStream } from './taken-stream.ts';
import { LossyLink, whileTimePasses } from './testing/lossy-link.ts';
import { fair, foul, material, outcome, PiecedSource, type Setting, seeds, sizes } from './testing/pieced-source.ts';

const { subtle } = crypto;
let clock: TestClock;
beforeEach(() => {
  clock = new TestClock(1_790_000_000_000);
});

function taken({ seed, size, weather = fair, announced, failsAt }: Setting) {
  const chance = new Chance(seed);
  const bytes = material(size, seed);
  const source = new PiecedSource(bytes, chance, clock, failsAt);
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
