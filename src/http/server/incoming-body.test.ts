import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { readIncoming } from './incoming-body.ts';

/** Bytes of a chunk of one byte as it travels, and of what Node reads of a socket at once. */
const [crumb, socketRead] = ['1\r\n{\r\n', 64 * 1024];

test('a body in chunks of one byte is read one piece of the socket after the other, and comes whole', async () => {
  const counts: number[] = [];
  const app = new Hono().post('/', async (c) => {
    const body = await readIncoming(c, 200_000, async (_part, chunks) => {
      counts.push(chunks);
      // Time enough for all that the socket would take in meanwhile.
      for (let turns = 0; turns < 100; turns += 1) await turn();
      return 'keep';
    });
    return c.text(String(body.length));
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false })).listen(0);
  try {
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('no port');
    const socket = connect(address.port);
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write(`${crumb.repeat(150_000)}0\r\n\r\n`);
    let answer = '';
    for await (const text of socket.setEncoding('utf8')) answer += String(text);
    expect(answer).toMatch(/\r\n\r\n150000$/);
    const ofOneRead = socketRead / crumb.length;
    expect(Math.max(...counts.slice(1))).toBeLessThan(2.5 * ofOneRead);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
