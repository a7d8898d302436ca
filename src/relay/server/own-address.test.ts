import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problemResponse } from '../../http/problem-response.ts';
import { type Listening, listen } from '../../http/server/listen.ts';
import { limits } from '../../protocol/limits.ts';
import { standardRelayLimits } from './limits.ts';
import { OwnAddress } from './own-address.ts';

const megabyte = 1024 * 1024;

let own: OwnAddress;
let listening: Listening;
let stop: () => void;
const sockets: Socket[] = [];
const got: { readonly path: string; readonly bytes: number }[] = [];

beforeEach(async () => {
  own = new OwnAddress('helper_agent_001', { ...standardRelayLimits, progressMs: 1_000 });
  stop = own.start();
  const app = new Hono();
  app.onError((error) => problemResponse(error));
  app.all('*', (c) =>
    own.answer(c, async (request) => {
      const body = await request.arrayBuffer();
      got.push({ path: new URL(request.url).pathname, bytes: body.byteLength });
      return Response.json({ bytes: body.byteLength });
    }),
  );
  listening = await listen({ host: 'localhost', port: 0, tls: undefined }, (request, env) =>
    app.fetch(request, env ?? {}),
  );
});
afterEach(async () => {
  stop();
  got.splice(0);
  for (const socket of sockets.splice(0)) socket.destroy();
  const closed = new Promise<void>((resolve) => listening.server.close(() => resolve()));
  listening.server.closeAllConnections();
  await closed;
});

const post = (path: string, body: BodyInit) =>
  fetch(`http://localhost:${listening.port}/agent/${path}`, { method: 'POST', body });

function stalled(path: string, length: number, sent: number): Promise<void> {
  const socket = connect(listening.port, 'localhost');
  sockets.push(socket);
  socket.on('error', () => undefined).resume();
  socket.write(`POST /agent/${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`);
  socket.write(new Uint8Array(sent));
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test('an agent that listens itself holds no more of stalled uploads than a share, and lets them go', async () => {
  const uploads = Array.from({ length: 11 }, () => stalled('message', 24 * megabyte, 23 * megabyte));
  await vi.waitFor(() => expect(own.bytes.used).toBeGreaterThan(20 * megabyte), { timeout: 10_000 });
  expect(own.bytes.used).toBeLessThanOrEqual(64 * megabyte);
  expect((await post('handshake', '{}')).status).toBe(200);
  expect(await (await post('message', new Uint8Array(1_000))).json()).toEqual({ bytes: 1_000 });
  await Promise.all(uploads);
  await vi.waitFor(() => expect(own.bytes.used).toBe(0), { timeout: 10_000 });
  expect(got).toEqual([
    { path: '/agent/handshake', bytes: 2 },
    { path: '/agent/message', bytes: 1_000 },
  ]);
});

test.each([
  ['message', limits.messageBody],
  ['handshake', limits.handshakeBody],
])('a body of a %s that is too large is refused, announced or not', async (path, most) => {
  const body = new Uint8Array(most + 1);
  expect((await post(path, body)).status).toBe(413);
  const streamed: RequestInit & { readonly duplex: 'half' } = {
    method: 'POST',
    body: new Blob([body]).stream(),
    duplex: 'half',
  };
  expect((await fetch(`http://localhost:${listening.port}/agent/${path}`, streamed)).status).toBe(413);
  expect(got).toEqual([]);
  await vi.waitFor(() => expect(own.bytes.used).toBe(0), { timeout: 10_000 });
});
