import { expect, test } from 'vitest';
import { readEvents } from './event-reader.ts';

const encoder = new TextEncoder();
const eventType = { 'content-type': 'text/event-stream' };

/** A stream of events as WebKitGTK has it: without an async iterator. */
function withoutIterator(parts: readonly string[]) {
  let cancelled = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const part of parts) controller.enqueue(encoder.encode(part));
    },
    cancel: () => {
      cancelled += 1;
    },
  });
  const response = new Response(body, { headers: eventType });
  if (response.body === null) throw new TypeError('no body');
  Object.defineProperty(response.body, Symbol.asyncIterator, { value: undefined });
  return { response, cancelled: () => cancelled };
}

test('reads events where streams have no async iterator', async () => {
  const { response } = withoutIterator([
    'event: agent_online\ndata: {}\n\n',
    'event: certificate_',
    'revoked\ndata: {}\n\n',
  ]);
  const heard: string[] = [];
  const both = new Promise<void>((resolve) => {
    void readEvents(response, {
      heard: (type) => {
        heard.push(type);
        if (heard.length === 2) resolve();
      },
      alive: () => undefined,
    }).catch(() => resolve());
  });
  await both;
  expect(heard).toEqual(['agent_online', 'certificate_revoked']);
});

test('leaves no connection behind when what comes is no stream of events', async () => {
  const { response, cancelled } = withoutIterator([`data: ${'x'.repeat(70_000)}`]);
  await expect(readEvents(response, { heard: () => undefined, alive: () => undefined })).rejects.toMatchObject({
    code: 'controller_unreachable',
  });
  expect(cancelled()).toBe(1);
});

test('leaves no connection behind when whoever hears an event throws', async () => {
  const { response, cancelled } = withoutIterator(['event: agent_online\ndata: {}\n\n']);
  const reading = readEvents(response, {
    heard: () => {
      throw new TypeError('nobody listens');
    },
    alive: () => undefined,
  });
  await expect(reading).rejects.toMatchObject({ code: 'controller_unreachable' });
  expect(cancelled()).toBe(1);
});

test('says that the stream is alive with every part that comes, a comment among them', async () => {
  const { response } = withoutIterator([': still here\n\n']);
  await new Promise<void>((resolve) => {
    void readEvents(response, { heard: () => undefined, alive: resolve }).catch(() => undefined);
  });
});
