import { describe, expect, test } from 'vitest';
import type { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { isStreamId, type StreamId } from '../../protocol/wire/stream-payloads.ts';
import { TestClock } from '../testing/clock.ts';
import { Cancellations } from './cancellations.ts';
import { StreamTable } from './stream-table.ts';

function idOf(number: number): StreamId {
  const id = number.toString(16).padStart(32, '0');
  if (!isStreamId(id)) throw new TypeError('no id');
  return id;
}

class Held {
  failure: string | undefined;
  get isOver(): boolean {
    return this.failure !== undefined;
  }
  fail(error: ParleyError): void {
    this.failure = error.code;
  }
}

const used = (table: StreamTable<Held>, peer: string, number: number) =>
  table.using(peer, idOf(number), async (stream) => stream);

describe('the streams of an agent', () => {
  test('are found by their peer alone', async () => {
    const table = new StreamTable<Held>(new TestClock(0));
    const stream = new Held();
    table.add('a', 'one', idOf(1), stream);
    expect(await used(table, 'a', 1)).toBe(stream);
    await expect(used(table, 'b', 1)).rejects.toMatchObject({ code: 'stream_gone' });
    await expect(used(table, 'a', 2)).rejects.toMatchObject({ code: 'stream_gone' });
  });

  test('are 64 of a peer and 1,024 in all, and one that goes makes room', () => {
    const table = new StreamTable<Held>(new TestClock(0));
    const add = (peer: number, number: number) => table.add(`p${peer}`, 'r', idOf(number), new Held());
    for (let i = 0; i < limits.streams; i++) add(Math.floor(i / limits.streamsOfPeer), i);
    expect(() => add(0, 5_000)).toThrowError(expect.objectContaining({ code: 'stream_limit_reached' }));
    expect(() => add(99, 5_000)).toThrowError(expect.objectContaining({ code: 'stream_limit_reached' }));
    table.drop('p1', idOf(limits.streamsOfPeer));
    expect(() => add(0, 5_000)).toThrowError(expect.objectContaining({ code: 'stream_limit_reached' }));
    add(99, 5_000);
  });

  test('end after their time without a use, each use begins it anew', async () => {
    const clock = new TestClock(0);
    const table = new StreamTable<Held>(clock);
    const [usual, kept] = [new Held(), new Held()];
    table.add('a', 'one', idOf(1), usual);
    table.add('a', 'two', idOf(2), kept, 600);
    clock.advance(119_000);
    await used(table, 'a', 1);
    clock.advance(119_000);
    expect(usual.failure).toBeUndefined();
    clock.advance(2_000);
    expect([usual.failure, kept.failure]).toEqual(['stream_gone', undefined]);
    await expect(used(table, 'a', 1)).rejects.toMatchObject({ code: 'stream_gone' });
    clock.advance(400_000);
    expect(kept.failure).toBe('stream_gone');
    expect(clock.waiting).toBe(0);
  });

  test('end with a request of theirs that is cancelled, and with their peer', () => {
    const clock = new TestClock(0);
    const table = new StreamTable<Held>(clock);
    const streams = [new Held(), new Held(), new Held()] as const;
    table.add('a', 'one', idOf(1), streams[0]);
    table.add('b', 'one', idOf(1), streams[1]);
    table.add('a', 'two', idOf(2), streams[2]);
    const why = { code: 'cancelled' } as ParleyError;
    expect(table.cancel('a', 'one', why)).toBe(true);
    expect(table.cancel('a', 'three', why)).toBe(false);
    expect(streams.map(({ failure }) => failure)).toEqual(['cancelled', undefined, undefined]);
    table.end({ code: 'certificate_revoked' } as ParleyError, 'a');
    expect(streams.map(({ failure }) => failure)).toEqual(['certificate_revoked', undefined, 'certificate_revoked']);
    expect(clock.waiting).toBe(1);
  });
});

describe('requests that were cancelled before they came', () => {
  test('are remembered for 300 s, the newest 1,000 of each peer', () => {
    const clock = new TestClock(1_000_000);
    const cancelled = new Cancellations(clock.now);
    for (let i = 0; i <= limits.cancelsOfPeer; i++) cancelled.add('flood', `r${i}`);
    cancelled.add('a', 'one');
    expect(cancelled.has('flood', 'r0')).toBe(false);
    expect(cancelled.has('flood', 'r1')).toBe(true);
    expect(cancelled.has('a', 'r1')).toBe(false);
    clock.advance(299_000);
    expect(cancelled.has('a', 'one')).toBe(true);
    clock.advance(2_000);
    expect(cancelled.has('a', 'one')).toBe(false);
  });
});
