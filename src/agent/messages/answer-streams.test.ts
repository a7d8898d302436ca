import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';
import type { BodyView } from '../contracts/body-views.ts';
import { streamed } from '../streams/answer-kinds.ts';
import { material, outcome } from '../streams/testing/pieced-source.ts';
import { names, Pair } from '../testing/pair.ts';
import { MethodRegistry } from './methods.ts';
import type { PeerStream } from './peer-stream.ts';

const methods = new MethodRegistry();
let pair: Pair;

beforeAll(async () => {
  pair = await Pair.connected(undefined, { helper: { methods } });
});
afterEach(() => expect(pair.agent('traveller').snapshot().phase.phase).toBe('ready'));

const bytes = material(2 * limits.streamPart + 321, 3);
const ask = (method: string) =>
  pair.during(pair.agent('traveller').exchange({ peerId: names.helper, method, parameters: null }));

function streamOf(peerStream: PeerStream | undefined): PeerStream {
  if (peerStream === undefined) throw new TypeError('The answer is no stream.');
  return peerStream;
}

async function readTo(stream: PeerStream, most = Number.POSITIVE_INFINITY): Promise<Bytes> {
  const parts: Bytes[] = [];
  while (stream.at < most) {
    const part = await pair.during(stream.next());
    if (part === undefined) break;
    parts.push(part.slice());
  }
  return concat(...parts);
}

const answerOf = (who: 'traveller' | 'helper', method: string): BodyView | undefined =>
  pair
    .agent(who)
    .snapshot()
    .exchanges.find((exchange) => exchange.method === method)?.answer;

describe('an answer that is a stream', () => {
  test('is shown as it comes, and as whole with its hash at its end', async () => {
    methods.register('text', async function* () {
      yield 'one';
      yield 'two';
    });
    const { view, body } = await ask('text');
    expect(view.answer).toMatchObject({ kind: 'stream', mediaType: 'application/jsonl', state: 'unread' });
    await readTo(streamOf(body?.peerStream));
    expect(answerOf('traveller', 'text')).toMatchObject({
      state: 'whole',
      size: 12,
      received: 12,
      text: '"one"\n"two"\n',
    });
    expect(answerOf('traveller', 'text')?.hash).toHaveLength(44);
  });

  test('is read on after a restart of its reader, each byte once, and checked as a whole', async () => {
    methods.register('file', () =>
      streamed(new Blob([bytes]), { name: 'a.bin', size: bytes.length, mediaType: 'x/y', keep: 600 }),
    );
    const { view, body } = await ask('file');
    const first = streamOf(body?.peerStream);
    first.stored(0);
    const before = await readTo(first, limits.streamPart + 1);
    expect(answerOf('traveller', 'file')).toMatchObject({ state: 'open', received: before.length });
    const { digests, head } = first;
    await pair.restart('traveller');
    const { requestId } = view;
    const tail = before.slice(limits.streamPart * digests.length);
    const second = await pair.agent('traveller').reopen({ peerId: names.helper, requestId, head, digests, tail });
    expect(concat(before, await readTo(second))).toEqual(bytes);
    expect(second.end?.size).toBe(bytes.length);
  });

  test('is ended at both sides when its reader stops it', async () => {
    methods.register('film', () => streamed(new Blob([bytes])));
    const { body } = await ask('film');
    const stream = streamOf(body?.peerStream);
    await pair.during(stream.next());
    await pair.during(stream.cancel());
    expect(await pair.during(outcome(stream.next()))).toBe('cancelled');
    expect(answerOf('traveller', 'film')).toMatchObject({ state: 'stopped' });
  });

  test('is refused at an offset that no reading can have come to', async () => {
    const agent = pair.agent('traveller');
    const about = { peerId: names.helper, requestId: 'req_none' };
    expect(await outcome(agent.reopen(about))).toBe('stream_gone');
    expect(await outcome(agent.reopen({ ...about, tail: new Uint8Array(limits.streamPart) }))).toBe('invalid_input');
    expect(await outcome(agent.reopen({ ...about, digests: [new Uint8Array(31)] }))).toBe('invalid_input');
  });
});
