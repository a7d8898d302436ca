import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { asParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { jsonLines, streamed } from '../streams/answer-kinds.ts';
import { sourceOfBytes } from '../streams/byte-source.ts';
import { names, Pair } from '../testing/pair.ts';
import type { AnswerBody } from './answer-body.ts';
import { MethodRegistry, type RequestInfo } from './methods.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import { Refusal } from './refusal.ts';

const methods = new MethodRegistry();
let pair: Pair;
let seen: RequestInfo[] = [];

beforeAll(async () => {
  pair = await Pair.connected(undefined, { helper: { methods } });
});
afterEach(() => {
  seen = [];
});

/** Helper answers `method` with what `give` gives. */
function answers(method: string, give: (info: RequestInfo) => unknown): void {
  methods.register(method, (_parameters, info) => {
    seen.push(info);
    return give(info);
  });
}

const ask = (method: string, more: Partial<OutgoingRequest> = {}) =>
  pair.agent('traveller').exchange({ peerId: names.helper, method, parameters: null, ...more });

async function read(body: AnswerBody | undefined): Promise<Bytes> {
  const parts: Bytes[] = [];
  const reader = body?.stream.getReader();
  if (reader === undefined) throw new TypeError('The answer has no bytes.');
  for (let one = await reader.read(); !one.done; one = await reader.read()) parts.push(one.value.slice());
  return concat(...parts);
}

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (cause: unknown) => asParleyError(cause).code,
  );

function material(size: number): Bytes {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

const large = 3 * limits.streamPart + 77;

describe('a handler answers', () => {
  test('with bytes beside the answer, up to 1 MiB', async () => {
    const bytes = material(limits.storedAttachment);
    answers('picture', () => bytes);
    const { view, body } = await pair.during(ask('picture'));
    expect([view.status, view.result, body?.kind, body?.size]).toEqual(['success', null, 'bytes', bytes.length]);
    expect(await pair.during(read(body))).toEqual(bytes);
  });

  test('with more bytes, which go as a stream', async () => {
    const bytes = material(large);
    answers('film', () => bytes);
    const { view, body } = await pair.during(ask('film'));
    expect([view.status, body?.kind, body?.size]).toEqual(['success', 'stream', large]);
    expect(await pair.during(read(body))).toEqual(bytes);
  });

  test('with a blob, its type and its name', async () => {
    const bytes = material(70_000);
    const blob = new Blob([bytes], { type: 'image/png' });
    answers('file', () =>
      streamed(blob, { name: 'map.png', size: blob.size, mediaType: blob.type, result: { ok: true } }),
    );
    const { view, body } = await pair.during(ask('file'));
    expect(view.result).toEqual({ ok: true });
    expect([body?.mediaType, body?.name, body?.size]).toEqual(['image/png', 'map.png', 70_000]);
    expect(await pair.during(read(body))).toEqual(bytes);
  });

  test('with the values of a generator, one a line, each as it is made', async () => {
    const next = Promise.withResolvers<void>();
    answers('tell', async function* () {
      yield 'one';
      await next.promise;
      yield { two: 2 };
    });
    const { body } = await pair.during(ask('tell'));
    expect(body?.mediaType).toBe(jsonLines);
    const reader = body?.stream.getReader();
    const first = await pair.during(reader?.read() ?? Promise.reject(new TypeError('no stream')));
    expect(new TextDecoder().decode(first.value)).toBe('"one"\n');
    next.resolve();
    const second = await pair.during(reader?.read() ?? Promise.reject(new TypeError('no stream')));
    expect(new TextDecoder().decode(second.value)).toBe('{"two":2}\n');
    expect((await pair.during(reader?.read() ?? Promise.reject(new TypeError('no stream')))).done).toBe(true);
  });

  test('with a generator that fails: the reader is told so, without its words', async () => {
    answers('fails', async function* () {
      yield 1;
      throw new TypeError('a secret of the handler');
    });
    const { body } = await pair.during(ask('fails'));
    const cause = await pair.during(read(body)).catch((error: unknown) => asParleyError(error));
    expect(cause).toMatchObject({ code: 'stream_failed', detail: 'The stream failed where its bytes come from.' });
    expect(JSON.stringify(cause)).not.toContain('secret');
  });

  test('with a generator that refuses: the reader gets the words of the refusal', async () => {
    answers('refuses', async function* () {
      yield 1;
      throw new Refusal('sold_out', 'There is no more salt.');
    });
    const { body } = await pair.during(ask('refuses'));
    const cause = await pair.during(read(body)).catch((error: unknown) => asParleyError(error));
    expect(cause).toMatchObject({ code: 'stream_failed', detail: 'There is no more salt.' });
  });

  test('after minutes, to who asks again', async () => {
    const slow = Promise.withResolvers<string>();
    answers('slow', () => slow.promise);
    const asked = ask('slow');
    asked.catch(() => undefined);
    await pair.pass(200_000);
    expect(seen).toHaveLength(1);
    slow.resolve('done');
    expect((await pair.during(asked)).view.result).toBe('done');
    expect(seen).toHaveLength(1);
  });
});

describe('a request brings', () => {
  test('bytes with it', async () => {
    const bytes = material(50_000);
    answers('take', async ({ body }) => (await body?.bytes())?.length ?? null);
    expect((await pair.during(ask('take', { body: bytes }))).view.result).toBe(50_000);
    expect((await pair.during(ask('take'))).view.result).toBe(null);
  });

  test('a stream, which its handler reads', async () => {
    const bytes = material(large);
    answers('take', async ({ body }) => {
      const taken = await body?.bytes();
      return {
        name: body?.name ?? null,
        type: body?.mediaType ?? null,
        same: taken?.every((byte, at) => byte === bytes[at]) ?? false,
      };
    });
    const body = { source: sourceOfBytes(bytes), mediaType: 'text/plain', name: 'a.txt', size: large };
    const { view } = await pair.during(ask('take', { body }));
    expect(view.result).toEqual({ name: 'a.txt', type: 'text/plain', same: true });
  });

  test('a stream whose source fails: the request fails, and its handler is told', async () => {
    let heard: unknown;
    answers('take', async ({ body, signal }) => {
      signal.addEventListener('abort', () => {
        heard = signal.reason;
      });
      return (await body?.bytes())?.length ?? null;
    });
    const source = {
      next: () => Promise.reject(new TypeError('a secret of the sender')),
      cancel: async () => undefined,
    };
    const asked = ask('take', { body: { source, mediaType: 'text/plain' } }).catch((error: unknown) => error);
    const detail = 'The bytes of the request could not be read where they come from.';
    expect(await pair.during(asked)).toMatchObject({ code: 'stream_failed', detail });
    await pair.passing(() => heard);
    expect(heard).toMatchObject({ code: 'cancelled' });
  });

  test('a stream that nobody reads: it is answered all the same', async () => {
    answers('ignore', () => 'no need');
    const body = { source: sourceOfBytes(material(large)), mediaType: 'text/plain' };
    expect((await pair.during(ask('ignore', { body }))).view.result).toBe('no need');
  });
});

describe('a cancellation', () => {
  test('ends the handler at the other side', async () => {
    answers(
      'wait',
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const stopping = new AbortController();
    const asked = ask('wait', { signal: stopping.signal });
    const settled = outcome(asked);
    await pair.passing(() => seen[0]);
    stopping.abort();
    await pair.during(settled);
    await pair.passing(() => (seen[0]?.signal.aborted === true ? true : undefined));
    const held = await pair.passing(() =>
      pair
        .agent('helper')
        .snapshot()
        .exchanges.find(({ method, status }) => method === 'wait' && status === 'error'),
    );
    expect(held.error?.code).toBe('cancelled');
  });

  test('of a stream ends the generator at the other side', async () => {
    let isOver = false;
    answers('count', async function* ({ signal }) {
      try {
        for (let n = 0; !signal.aborted; n++) yield n;
      } finally {
        isOver = true;
      }
    });
    const { body } = await pair.during(ask('count'));
    const reader = body?.stream.getReader();
    await pair.during(reader?.read() ?? Promise.reject(new TypeError('no stream')));
    await pair.during(reader?.cancel() ?? Promise.reject(new TypeError('no stream')));
    await pair.passing(() => (isOver ? true : undefined));
    expect(seen[0]?.signal.aborted).toBe(true);
  });
});
