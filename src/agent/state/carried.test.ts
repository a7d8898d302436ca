import { beforeAll, expect, test } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import type { WireView } from '../contracts/views.ts';
import { MethodRegistry } from '../messages/methods.ts';
import type { OutgoingRequest } from '../messages/outgoing-request.ts';
import { sourceOfBytes } from '../streams/byte-source.ts';
import { names, Pair } from '../testing/pair.ts';
import { ActivityLog } from './activity-log.ts';

const size = 2 * limits.streamPart + 77;
const methods = new MethodRegistry();
let pair: Pair;

beforeAll(async () => {
  methods.register('film', () => new Uint8Array(size));
  methods.register('weigh', async (_parameters, { body }) => (await body?.bytes())?.length ?? 0);
  methods.register('ping', () => null);
  pair = await Pair.connected(undefined, { helper: { methods } });
});

const ask = (method: string, body?: OutgoingRequest['body']) =>
  pair.agent('traveller').exchange({
    ...{ peerId: names.helper, method, parameters: null },
    ...(body === undefined ? {} : { body }),
  });

/** What each end's log says that the envelopes after `from` carried. */
const carriedAfter = (from: number) =>
  (['traveller', 'helper'] as const).map((who) =>
    pair
      .agent(who)
      .snapshot()
      .wire.slice(from)
      .map(({ carried }) => carried),
  );
const logged = () => pair.agent('traveller').snapshot().wire.length;

test('both ends say of each part of an answer that is a stream where it begins, its length, and whether it is the last', async () => {
  const from = logged();
  const { body } = await pair.during(ask('film'));
  await pair.during(new Response(body?.stream).arrayBuffer());
  for (const carried of carriedAfter(from)) {
    const [request, ...parts] = carried;
    expect(request).toMatchObject({ asked: 'REQUEST', answered: 'STREAM', streamId: expect.any(String) });
    const withBytes = parts.filter((part) => (part?.length ?? 0) > 0);
    expect(new Set(withBytes.map((part) => part?.asked))).toEqual(new Set(['STREAM_READ']));
    expect(new Set(parts.map((part) => part?.streamId))).toEqual(new Set([request?.streamId]));
    expect(withBytes.reduce((end, part) => Math.max(end, (part?.from ?? 0) + (part?.length ?? 0)), 0)).toBe(size);
    expect(parts.some((part) => part?.isDone === true)).toBe(true);
  }
});

test('and the same of a request’s body, whose request is answered PENDING first', async () => {
  const from = logged();
  const { view } = await pair.during(
    ask('weigh', { source: sourceOfBytes(new Uint8Array(size)), mediaType: 'image/png' }),
  );
  expect(view.result).toBe(size);
  for (const carried of carriedAfter(from)) {
    expect(carried).toContainEqual(expect.objectContaining({ asked: 'REQUEST', answered: 'PENDING' }));
    const writes = carried.filter((part) => part?.asked === 'STREAM_WRITE');
    expect(writes.at(-1)).toMatchObject({ isDone: true, answered: 'SUCCESS' });
    expect(writes.every((part) => part?.streamId === writes[0]?.streamId)).toBe(true);
  }
});

test('an exchange that the conversation shows carries nothing more', async () => {
  const from = logged();
  await pair.during(ask('ping'));
  // The last read of an earlier stream may still come.
  for (const carried of carriedAfter(from)) {
    expect(carried.filter((part) => part?.asked !== 'STREAM_READ')).toEqual([undefined]);
  }
});

test('a stream of 3,000 parts leaves the messages before it in the log, and takes 4 MiB of it at most', () => {
  const log = new ActivityLog(() => undefined);
  const entry = (id: string, more: Partial<WireView> = {}): WireView => ({
    ...{ id, at: 0, direction: 'outgoing', method: 'POST', url: 'https://helper.example/agent/message' },
    ...{ peerId: names.helper, requestBody: 'A'.repeat(21_848), requestForm: 'binary', requestSize: 300_000 },
    ...more,
  });
  for (let n = 0; n < 100; n += 1) log.putWire(entry(`message-${n}`));
  for (let n = 0; n < 3_000; n += 1) {
    // What comes in is known as a part once it is opened.
    log.putWire(entry(`part-${n}`));
    log.putWire(entry(`part-${n}`, { carried: { asked: 'STREAM_READ', streamId: 'a', from: n } }));
  }
  const { wire } = log.snapshot();
  expect(wire.filter(({ id }) => id.startsWith('message'))).toHaveLength(100);
  const parts = wire.filter(({ id }) => id.startsWith('part'));
  expect(parts.length).toBeLessThanOrEqual(1_000);
  expect(parts.at(-1)?.carried?.from).toBe(2_999);
  expect(parts.reduce((sum, { requestBody }) => sum + requestBody.length, 0)).toBeLessThan(4 * 1_024 * 1_024);
});
