import { beforeEach, describe, expect, test } from 'vitest';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { type StreamEnd, StreamHash } from '../../protocol/crypto/stream-hash.ts';
import { TestClock } from '../testing/clock.ts';
import type { ReadBytes, ReadRange } from './served-stream.ts';
import { StreamReader } from './stream-reader.ts';
import { whileTimePasses } from './testing/lossy-link.ts';
import { material, outcome } from './testing/pieced-source.ts';
import { WaitTurns } from './wait-turns.ts';

const { subtle } = crypto;
const part = 256 * 1024;
const bytes = material(3 * part + 100, 1);
const nothing: Bytes = new Uint8Array(0);
let clock: TestClock;
let end: StreamEnd;
beforeEach(async () => {
  clock = new TestClock(1_790_000_000_000);
  end = await endOf(bytes);
});

async function endOf(whole: Bytes): Promise<StreamEnd> {
  const hash = new StreamHash(subtle);
  await hash.add(whole);
  return hash.end();
}

/** Answers a read as who owns the stream. */
function honest({ from, most }: ReadRange): ReadBytes {
  const given = bytes.slice(from, from + most);
  return { from, bytes: given, end: from + given.length === bytes.length ? end : undefined };
}

function readerOf(read: (range: ReadRange) => ReadBytes | Promise<ReadBytes>, size?: number, turns = new WaitTurns()) {
  const deps = { subtle, scheduler: clock, turns, origin: 'https://relay.example' };
  return new StreamReader({ size }, { ...deps, read: async (range) => read(range) });
}

async function whole(reader: StreamReader): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (let one = await reader.next(); one !== undefined; one = await reader.next()) parts.push(one.slice());
  return concat(...parts);
}

const resultOf = (read: (range: ReadRange) => ReadBytes | Promise<ReadBytes>, size?: number) =>
  whileTimePasses(clock, outcome(whole(readerOf(read, size))));

describe('who owns a stream and', () => {
  const other = (from: number, most: number) => bytes.slice(from, from + most).map((byte) => byte ^ 1);
  const lies: readonly [string, string, (range: ReadRange) => ReadBytes, number?][] = [
    ['says nothing wrong', 'whole', honest],
    ['gives other bytes', 'stream_corrupt', (range) => ({ ...honest(range), bytes: other(range.from, range.most) })],
    ['gives them from another offset', 'invalid_answer', (range) => ({ ...honest(range), from: range.from + 1 })],
    ['gives them from before', 'invalid_answer', (range) => ({ ...honest(range), from: Math.max(0, range.from - 1) })],
    ['gives more than was asked for', 'invalid_answer', (range) => honest({ ...range, most: range.most + 1 })],
    [
      'ends it early, with its own hash',
      'stream_corrupt',
      ({ from }) => ({ from, bytes: bytes.slice(from, 100), end: { size: 100, hash: end.hash } }),
    ],
    [
      'says another size at the end',
      'invalid_answer',
      (range) => ({ ...honest(range), end: { size: bytes.length + 1, hash: end.hash } }),
    ],
    [
      'says that it has ended, and goes on',
      'stream_corrupt',
      (range) => ({ ...honest({ ...range, most: 5 }), end: { size: range.from + 5, hash: end.hash } }),
    ],
    ['announced less', 'stream_corrupt', honest, bytes.length - 1],
    ['announced more', 'stream_corrupt', honest, bytes.length + 1],
    [
      'never ends what it announced',
      'stream_corrupt',
      ({ from, most }) => ({ from, bytes: new Uint8Array(most), end: undefined }),
      bytes.length,
    ],
  ];
  test.each(lies)('%s: %s', async (_what, code, read, size) => {
    expect(await resultOf(read, size)).toBe(code);
  });

  test('says two different hashes at its end is believed neither', async () => {
    let reads = 0;
    const read = (range: ReadRange) => {
      const found = honest(range);
      return found.end === undefined ? found : { ...found, end: { ...end, hash: new Uint8Array(32).fill(reads++) } };
    };
    expect(await resultOf(read)).toBe('stream_corrupt');
  });

  test('ends a shorter one rightly gives that, and what it says afterwards counts for nothing', async () => {
    const short = await endOf(bytes.slice(0, 5));
    let reads = 0;
    const reader = readerOf(({ from }) => {
      reads += 1;
      return { from, bytes: from === 0 ? bytes.slice(0, 5) : bytes.slice(5, 10), end: from === 0 ? short : undefined };
    });
    expect(await whileTimePasses(clock, whole(reader))).toEqual(bytes.slice(0, 5));
    const before = reads;
    expect(await reader.next()).toBeUndefined();
    expect(reads).toBe(before);
  });

  test('answers at once that there is nothing yet is not asked again and again', async () => {
    let reads = 0;
    const reader = readerOf(({ from }) => {
      reads += 1;
      return { from, bytes: nothing, end: undefined };
    });
    const reading = outcome(reader.next());
    const until = clock.now() + 60_000;
    await whileTimePasses(clock, new Promise<void>((resolve) => void clock.after(60_000, resolve)));
    expect(clock.now()).toBeGreaterThanOrEqual(until);
    expect(reads).toBeLessThan(80);
    expect(reads).toBeGreaterThan(10);
    void reading;
  });

  test('never answers holds up no other stream at the same relay', async () => {
    const turns = new WaitTurns();
    const never = () => new Promise<ReadBytes>(() => undefined);
    const silent = [readerOf(never, undefined, turns), readerOf(never, undefined, turns)];
    for (const reader of silent) void reader.next();
    await whileTimePasses(clock, new Promise<void>((resolve) => void clock.after(1_000, resolve)));
    const made = clock.now() + 30_000;
    const late = readerOf(
      (range) => (clock.now() < made ? { from: range.from, bytes: nothing, end: undefined } : honest(range)),
      undefined,
      turns,
    );
    expect(await whileTimePasses(clock, whole(late))).toEqual(bytes);
    expect(clock.now() - made).toBeLessThan(20_000);
  });
});
