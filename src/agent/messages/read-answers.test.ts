import { beforeAll, expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { AgentEvent, ExchangeView } from '../contracts/views.ts';
import { ActivityLog } from '../state/activity-log.ts';
import { streamed } from '../streams/answer-kinds.ts';
import { TestClock } from '../testing/clock.ts';
import { names, Pair } from '../testing/pair.ts';
import { until } from '../testing/until.ts';
import { MethodRegistry, type RequestInfo } from './methods.ts';
import { ReadAnswers } from './read-answers.ts';

const methods = new MethodRegistry();
const events: AgentEvent[] = [];
let pair: Pair;

beforeAll(async () => {
  const emit = (event: AgentEvent) => events.push(event);
  pair = await Pair.connected(undefined, { traveller: { readsAnswers: true, emit }, helper: { methods } });
});

/** Asks Helper, which answers with what `give` gives. */
async function ask(method: string, give: (info: RequestInfo) => unknown): Promise<ExchangeView> {
  methods.register(method, (_parameters, info) => give(info));
  return pair.during(pair.agent('traveller').send({ peerId: names.helper, method, parameters: null }));
}

const views = (method: string) =>
  events.flatMap((event) => (event.type === 'exchange' && event.exchange.method === method ? [event.exchange] : []));
const ended = (method: string) =>
  pair.passing(() =>
    views(method).find(({ answer }) => answer !== undefined && !['unread', 'open'].includes(answer.state)),
  );

test('a text is shown as it comes, and its bytes are held', async () => {
  const next = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const words = ['one ', 'two ', 'three'];
  const { requestId } = await ask('talk', () => {
    let at = 0;
    const encoder = new TextEncoder();
    const bytes = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          if (at > 0) await next[at - 1]?.promise;
          const word = words[at++];
          if (word === undefined) controller.close();
          else controller.enqueue(encoder.encode(word));
        },
      },
      { highWaterMark: 0 },
    );
    return streamed(bytes, { mediaType: 'text/plain' });
  });
  const { readAnswers } = pair.agent('traveller');
  const shows = (text: string) => pair.passing(() => views('talk').find(({ answer }) => answer?.text === text));
  expect((await shows('one ')).answer).toMatchObject({ kind: 'stream', state: 'open', received: 4 });
  expect(readAnswers?.has(names.helper, requestId)).toBe(false);
  next[0]?.resolve();
  await shows('one two ');
  next[1]?.resolve();
  expect((await ended('talk')).answer).toMatchObject({ state: 'whole', text: 'one two three', size: 13 });
  await pair.passing(() => readAnswers?.has(names.helper, requestId) || undefined);
  expect(new TextDecoder().decode(readAnswers?.bytes(names.helper, requestId))).toBe('one two three');
});

test('bytes beside an answer are held too, and gone when its exchange is', async () => {
  const { requestId, sequence = 0 } = await ask('picture', () => Uint8Array.of(1, 2, 3));
  const agent = pair.agent('traveller');
  const { readAnswers } = agent;
  await until(() => readAnswers?.has(names.helper, requestId) || undefined, 'its bytes are held');
  expect(readAnswers?.bytes(names.helper, requestId)).toEqual(Uint8Array.of(1, 2, 3));
  await pair.during(agent.historyService.deleteHistory(names.helper, [sequence]));
  expect(readAnswers?.has(names.helper, requestId)).toBe(false);
  expect(() => readAnswers?.bytes(names.helper, requestId)).toThrow(/no longer in memory/);
});

/** Answers without end, and tells when it was ended. */
function endless(over: () => void) {
  return async function* ({ signal }: RequestInfo) {
    try {
      for (let n = 0; !signal.aborted; n++) {
        yield n;
        await new Promise<void>((resolve) => pair.world.clock.after(100, resolve));
      }
    } finally {
      over();
    }
  };
}

test('one that is stopped ends at its peer, and is shown as stopped', async () => {
  const over = Promise.withResolvers<true>();
  const { requestId } = await ask(
    'endless',
    endless(() => over.resolve(true)),
  );
  await pair.passing(() => views('endless').find(({ answer }) => answer?.text?.includes('2\n')));
  pair.agent('traveller').cancel(names.helper, requestId);
  expect((await ended('endless')).answer).toMatchObject({ state: 'stopped', text: expect.stringContaining('0\n1\n') });
  expect(await pair.during(over.promise)).toBe(true);
  expect(() => pair.agent('traveller').cancel(names.helper, requestId)).toThrow(/no longer under way/);
  expect(pair.agent('traveller').readAnswers?.has(names.helper, requestId)).toBe(false);
});

test('one whose exchange is deleted ends at its peer, and does not come back', async () => {
  const over = Promise.withResolvers<true>();
  const { sequence = 0 } = await ask(
    'deleted',
    endless(() => over.resolve(true)),
  );
  await pair.passing(() => views('deleted').find(({ answer }) => answer?.text?.includes('1\n')));
  const agent = pair.agent('traveller');
  await pair.during(agent.historyService.deleteHistory(names.helper, [sequence]));
  expect(await pair.during(over.promise)).toBe(true);
  await pair.during(agent.historyService.history.settled());
  expect(agent.snapshot().exchanges.find(({ method }) => method === 'deleted')).toBeUndefined();
  const { exchanges } = await pair.during(agent.historyService.history.page(names.helper));
  expect(exchanges.find(({ method }) => method === 'deleted')).toBeUndefined();
});

test('one that says it is too large is not read', async () => {
  const size = limits.attachment + 1;
  await ask('large', () => streamed(new Blob(['x']).stream(), { size, mediaType: 'video/mp4' }));
  const { answer } = await ended('large');
  expect(answer).toMatchObject({ state: 'failed', error: { code: 'message_too_large' } });
  expect(answer?.received ?? 0).toBe(0);
});

/** A room of its own, and answers of `pieces` of 1 MiB each. */
function room() {
  const activity = new ActivityLog(() => undefined);
  const answers = new ReadAnswers({ activity, scheduler: new TestClock(0) });
  const read = async (requestId: string, pieces: number, size?: number) => {
    const view: ExchangeView = {
      ...{ requestId, sessionId: 's', peerId: names.helper, direction: 'outgoing', method: 'm', parameters: null },
      ...{ at: 0, status: 'success' },
    };
    activity.putExchange(view);
    const over = Promise.withResolvers<unknown>();
    let left = pieces;
    const stream = new ReadableStream<Bytes>(
      {
        pull: (controller) => {
          if (left-- > 0) return controller.enqueue(new Uint8Array(1024 * 1024));
          controller.close();
          over.resolve('whole');
        },
        cancel: (reason) => over.resolve(reason),
      },
      { highWaterMark: 0 },
    );
    await answers.take({ view, body: { kind: 'stream', mediaType: 'image/png', size, stream } });
    const outcome = await over.promise;
    return outcome instanceof ParleyError ? outcome.code : outcome;
  };
  const held = (...ids: readonly string[]) => ids.filter((id) => answers.has(names.helper, id));
  return { answers, activity, read, held };
}

test('of one answer no more is held than of an attachment, and of all together the oldest go first', async () => {
  const { read, held, activity } = room();
  expect(await read('exact', 15)).toBe('whole');
  expect(await read('more', 16)).toBe('message_too_large');
  expect(await read('announced', 1, 16 * 1024 * 1024)).toBe('message_too_large');
  const ids = ['exact', 'more', 'announced', 'b', 'c', 'd', 'e'];
  for (const id of ['b', 'c', 'd']) expect(await read(id, 15)).toBe('whole');
  await until(() => (held('d').length === 1 ? true : undefined), 'the last of them is held');
  expect(held(...ids)).toEqual(['exact', 'b', 'c', 'd']);
  expect(await read('e', 5)).toBe('whole');
  await until(() => (held('e').length === 1 ? true : undefined), 'one more is held');
  expect(held(...ids)).toEqual(['b', 'c', 'd', 'e']);
  activity.clear();
  expect(held(...ids)).toEqual([]);
});
