import { beforeAll, expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { TestClock } from '../testing/clock.ts';
import { names, Pair } from '../testing/pair.ts';
import { until } from '../testing/until.ts';
import { demoStreams } from './demo-streams.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.connected();
});

const ask = (method: string, parameters: unknown) =>
  pair.during(pair.agent('traveller').exchange({ peerId: names.helper, method, parameters }));

/** Reads a stream to its end: its parts, as they come. */
async function partsOf(stream: ReadableStream<Bytes> | undefined): Promise<readonly string[]> {
  const reader = stream?.getReader();
  if (reader === undefined) throw new TypeError('The answer has no bytes.');
  const parts: string[] = [];
  for (let one = await reader.read(); !one.done; one = await reader.read()) {
    parts.push(new TextDecoder().decode(one.value));
  }
  return parts;
}

test('count answers with numbers as lines of JSON, one after the other', async () => {
  const { body } = await ask('count', { to: 12, every_ms: 100 });
  expect(body?.mediaType).toBe('application/jsonl');
  expect(await pair.during(partsOf(body?.stream))).toEqual(Array.from({ length: 12 }, (_, at) => `${at + 1}\n`));
});

test('tell answers with a text, word by word', async () => {
  const { body } = await ask('tell', { every_ms: 100 });
  expect(body?.mediaType).toBe('text/plain; charset=utf-8');
  const parts = await pair.during(partsOf(body?.stream));
  expect(parts.length).toBeGreaterThan(30);
  expect(parts.join('')).toMatch(/^A courier carried letters .* a word since\.\n$/s);
});

test.each([
  ['count', { to: 0 }, 'to is a whole number from 1 to 1,000'],
  ['count', { to: 1_001 }, 'to is a whole number from 1 to 1,000'],
  ['count', { to: '5' }, 'to is a whole number'],
  ['count', { every_ms: 49 }, 'every_ms is a whole number from 50 to 5,000'],
  ['count', { until: 5 }, 'count takes an object with to and every_ms'],
  ['count', [5], 'count takes an object with to and every_ms'],
  ['count', 5, 'count takes an object'],
  ['tell', { every_ms: 5_001 }, 'every_ms is a whole number from 50 to 5,000'],
  ['tell', { to: 3 }, 'tell takes an object with every_ms'],
])('%s refuses %j with words that say what it takes', async (method, parameters, detail) => {
  const { view, body } = await ask(method, parameters);
  expect(view.error).toMatchObject({ code: 'invalid_parameters', detail: expect.stringContaining(detail) });
  expect(body).toBeUndefined();
});

test.each(['count', 'tell'] as const)(
  '%s makes nothing more once its signal aborts, and leaves no timer',
  async (method) => {
    const clock = new TestClock(0);
    const stopping = new AbortController();
    const given = demoStreams(clock)[method]({ every_ms: 1_000 }, { signal: stopping.signal });
    const source = isStreamed(given) ? given.source : given;
    const next = nextOf(source);
    await next();
    const second = next();
    second.catch(() => undefined);
    await until(() => (clock.waiting === 1 ? true : undefined), 'it had to pause');
    const reason = new Error('cancelled by the peer');
    stopping.abort(reason);
    await expect(second).rejects.toBe(reason);
    expect(clock.waiting).toBe(0);
  },
);

const isStreamed = (value: unknown): value is { source: unknown } =>
  typeof value === 'object' && value !== null && 'source' in value;

/** Returns what asks for the next part of a generator or a stream of bytes. */
function nextOf(source: unknown): () => Promise<unknown> {
  if (source instanceof ReadableStream) {
    const reader = source.getReader();
    return () => reader.read();
  }
  if (typeof source !== 'object' || source === null || !(Symbol.asyncIterator in source)) {
    throw new TypeError('The method has answered with something else.');
  }
  const iterate: unknown = source[Symbol.asyncIterator];
  if (typeof iterate !== 'function') throw new TypeError('This cannot be iterated.');
  const iterator: AsyncIterator<unknown> = iterate.call(source);
  return () => iterator.next();
}
