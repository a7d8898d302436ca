import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventStream } from '../../controller/event-stream.ts';
import { createEventHub, type EventHub } from '../../controller/events.ts';
import { problemResponse } from '../../http/problem-response.ts';
import { type Listening, listen } from '../../http/server/listen.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { EventStreams } from './event-streams.ts';

let hub: EventHub;
let streams: EventStreams;
let listening: Listening;
let stop: () => void;
const sockets: Socket[] = [];

beforeEach(async () => {
  hub = createEventHub();
  // Every client may say where it comes from.
  streams = new EventStreams({ total: 12, perAddress: 4, sweepMs: 100 }, () => true);
  stop = streams.start();
  const app = new Hono();
  app.use(streams.limit);
  app.onError(problemResponse);
  app.get('/controller/events', () => eventStream(hub));
  listening = await listen({ host: 'localhost', port: 0, tls: undefined }, (request, env) =>
    app.fetch(request, env ?? {}),
  );
});
afterEach(async () => {
  stop();
  for (const socket of sockets.splice(0)) socket.destroy();
  const closed = new Promise<void>((resolve) => listening.server.close(() => resolve()));
  listening.server.closeAllConnections();
  await closed;
});

/** Asks for the stream; the status line that comes back. */
function follow(address: string): {
  readonly socket: Socket;
  readonly status: Promise<string>;
  readonly closed: Promise<void>;
} {
  const socket = connect(listening.port, 'localhost');
  sockets.push(socket);
  socket.on('error', () => undefined);
  const status = new Promise<string>((resolve) =>
    socket.once('data', (chunk) => resolve(String(chunk).split('\r\n')[0] ?? '')),
  );
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(`GET /controller/events HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${address}\r\n\r\n`);
  return { socket, status, closed };
}

test('one address has a share of the streams, others have theirs, and a closed one makes room', async () => {
  const mine = Array.from({ length: 6 }, () => follow('10.0.0.1'));
  const statuses = await Promise.all(mine.map(({ status }) => status));
  expect(statuses.filter((status) => status.includes('200'))).toHaveLength(4);
  expect(statuses.filter((status) => status.includes('429'))).toHaveLength(2);
  expect(await follow('10.0.0.2').status).toContain('200');
  for (const { socket } of mine) socket.destroy();
  await vi.waitFor(() => expect(streams.size).toBe(1), { timeout: 10_000 });
  expect(await follow('10.0.0.1').status).toContain('200');
});

test('there are only so many in all', async () => {
  const all = await Promise.all(Array.from({ length: 15 }, (_, at) => follow(`10.0.1.${at}`).status));
  expect(all.filter((status) => status.includes('200'))).toHaveLength(12);
});

test('a client that does not read is cut off, and one that reads is not', async () => {
  const [agentId] = ['helper_agent_001'].filter(isAgentId);
  if (agentId === undefined) throw new TypeError('agent_id');
  const reading = follow('10.0.0.1');
  const deaf = follow('10.0.0.2');
  await Promise.all([reading.status, deaf.status]);
  deaf.socket.pause();
  const publishing = setInterval(() => {
    for (let at = 0; at < 200; at += 1) hub.publish({ type: 'agent_online', agentId });
  }, 1);
  try {
    await vi.waitFor(() => expect(streams.size).toBe(1), { timeout: 30_000 });
  } finally {
    clearInterval(publishing);
  }
  expect(reading.socket.destroyed).toBe(false);
});
