import { expect, expectTypeOf, test } from 'vitest';
import { Agent, type AnswerStream, type Json, type RequestInfo, type StreamedAnswer, streamed } from './node.ts';

interface StreamMethods {
  tell(parameters: { about: string }): AsyncIterable<string>;
  count(): AsyncGenerator<number>;
  picture(parameters: { name: string }): Uint8Array;
  film(): Promise<Blob>;
  bytes(): ReadableStream<Uint8Array>;
  map(): StreamedAnswer;
  some(): string | undefined;
}

/** Compiled, never run. */
async function streamTypes(plain: Agent, when: Date, file: Blob): Promise<void> {
  const place = { id: 'a_b_c', server: '' };
  const peer = plain.peer<StreamMethods>('peer_agent');
  for await (const word of peer.tell.stream({ about: 'x' })) expectTypeOf(word).toEqualTypeOf<string>();
  for await (const n of peer.count.stream()) expectTypeOf(n).toEqualTypeOf<number>();
  for await (const n of await peer.count.stream(null, { timeout: 1 })) expectTypeOf(n).toEqualTypeOf<number>();
  for await (const part of peer.film.stream()) expectTypeOf(part).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
  for await (const part of peer.map.stream()) expectTypeOf(part).toEqualTypeOf<Json | Uint8Array<ArrayBuffer>>();
  for await (const one of peer.some.stream()) expectTypeOf(one).toEqualTypeOf<string | null>();
  expectTypeOf(await peer.picture({ name: '' })).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
  expectTypeOf(await peer.film(null, { body: file })).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
  expectTypeOf(await peer.bytes()).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
  // @ts-expect-error a stream of values is read with stream
  await peer.count();
  // @ts-expect-error a parameter is missing
  peer.tell.stream();
  // @ts-expect-error a member of another kind
  peer.tell.stream({ about: 1 });
  // @ts-expect-error no option of stream
  peer.count.stream(null, { whenAway: 'store' });
  // @ts-expect-error bytes go as body
  peer.picture({ name: file });
  // @ts-expect-error a body that is no bytes
  peer.picture({ name: '' }, { body: 'text' });

  // stream: items, parameters and options
  for await (const item of plain.stream('peer_agent', 'any'))
    expectTypeOf(item).toEqualTypeOf<Json | Uint8Array<ArrayBuffer>>();
  for await (const item of plain.stream<number>('peer_agent', 'any', { a: 1 }))
    expectTypeOf(item).toEqualTypeOf<number>();
  const answer = await plain.stream<number>('peer_agent', 'any', null, { body: file.stream() });
  expectTypeOf(answer).toEqualTypeOf<AnswerStream<number>>();
  expectTypeOf(answer.size).toEqualTypeOf<number | undefined>();
  expectTypeOf(await answer.json<number[]>()).toEqualTypeOf<number[]>();
  expectTypeOf(await plain.stream('peer_agent', 'any').bytes({ limit: 1 })).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
  // @ts-expect-error a Date
  plain.stream('peer_agent', 'any', { when });

  // open and handle: streams and bytes, each of its type
  const typed = await Agent.open<StreamMethods>({
    ...place,
    methods: {
      tell: async function* ({ about }, { signal }) {
        if (!signal.aborted) yield about;
      },
      picture: ({ name }) => new TextEncoder().encode(name),
      film: async () => file,
      bytes: () => file.stream(),
      map: () => streamed(file, { name: 'map.png' }),
    },
  });
  typed.handle('count', async function* () {
    yield 1;
  });
  // @ts-expect-error a stream of other values
  typed.handle('count', async function* () {
    yield 'one';
  });
  // @ts-expect-error a stream of what is no JSON
  await Agent.open<{ at(): AsyncIterable<Date> }>(place);
  await Agent.open({
    ...place,
    methods: {
      tell: async function* ({ about }: { about: string }, { body }: RequestInfo) {
        yield about;
        yield (await body?.bytes())?.length ?? null;
      },
      picture: () => new Uint8Array(1),
      plain: (parameters) => parameters,
    },
  });
  await Agent.open({
    ...place,
    methods: {
      film: () => file,
      tell: async function* () {
        yield 1;
      },
    },
  });
  const dates = async function* (_: Json) {
    yield when;
  };
  // @ts-expect-error a stream of what is no JSON
  await Agent.open({ ...place, methods: { dates } });
  // @ts-expect-error a stream of what is no JSON
  plain.handle('dates', dates);
  plain.handle('film', () => file);
  plain.handle('tell', async function* ({ about }: { about: string }) {
    yield about;
  });
}
test('the types of streams hold: the compiler has checked them', () => expect(streamTypes).toBeTypeOf('function'));
