import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { makeRegistrant, type Registrant } from '../../controller/testing/registrant.ts';
import { decodeFromRelay, encodeFrame } from '../../relay/client/frames.ts';
import { RawConnection, registerRaw } from '../../server/testing/raw-agent.ts';
import { startTestServer, type TestServer } from '../../server/testing/server.ts';

const helper = 'helper_agent_001';
const mallory = 'mallory_agent_001';
const megabyte = 1024 * 1024;

let helperKeys: Registrant;
let malloryKeys: Registrant;
beforeAll(async () => {
  helperKeys = await makeRegistrant(helper, 'https://localhost:5001');
  malloryKeys = await makeRegistrant(mallory, 'https://localhost:5002');
});

let server: TestServer;
const sockets: Socket[] = [];
const connections: RawConnection[] = [];
beforeEach(async () => {
  server = await startTestServer([], { graceMs: 50, progressMs: 1_000 });
  await registerRaw(server.url, helper, helperKeys);
  await registerRaw(server.url, mallory, malloryKeys);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { socket } of connections.splice(0)) socket.terminate();
  await server.end();
});

/** An agent that answers everything with `{}`. */
async function answering(agentId: string, keys: Registrant, body = '{}'): Promise<RawConnection> {
  const connection = new RawConnection(server.url);
  connections.push(connection);
  await connection.prove(keys, agentId, server.url);
  await connection.frame('welcome');
  connection.socket.on('message', (data: unknown) => {
    const { header } = decodeFromRelay(data);
    if (header.type !== 'request') return;
    connection.send({ type: 'answer', id: header.id, status: 200, headers: [] }, new TextEncoder().encode(body));
  });
  return connection;
}

/** A POST that announces `length` bytes and sends `sent` of them; what comes back. */
function begun(agentId: string, path: string, length: number, sent: number) {
  const socket = connect(server.port, 'localhost');
  sockets.push(socket);
  socket.on('error', () => undefined);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(
    `POST /agents/${agentId}/agent/${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`,
  );
  socket.write(new Uint8Array(sent));
  return { socket, text: () => text, closed };
}

async function held(): Promise<number> {
  const text = await server.metrics();
  return Number(/^parley_relay_bytes_held (\d+)/m.exec(text)?.[1]);
}

const message = (agentId: string, body: BodyInit = '{}') =>
  fetch(`${server.url}/agents/${agentId}/agent/message`, { method: 'POST', body });

describe('uploads', () => {
  test('to an agent that is not there are refused before a byte of them is read', async () => {
    const uploads = Array.from({ length: 11 }, () =>
      begun('nobody_agent_001', 'message', 24 * megabyte, 23 * megabyte),
    );
    for (const { text } of uploads) await vi.waitFor(() => expect(text()).toContain(' 502 '), { timeout: 10_000 });
    expect(await held()).toBe(0);
  });

  test('that stall hold a share and no more: others pass meanwhile, and they are let go', {
    timeout: 60_000,
  }, async () => {
    await answering(helper, helperKeys);
    await answering(mallory, malloryKeys);
    const uploads = Array.from({ length: 11 }, () => begun(mallory, 'message', 24 * megabyte, 23 * megabyte));
    await vi.waitFor(async () => expect(await held()).toBeGreaterThan(20 * megabyte), { timeout: 10_000 });
    expect(await held()).toBeLessThanOrEqual(64 * megabyte);
    for (let at = 0; at < 10; at += 1) expect((await message(helper)).status).toBe(200);
    // A large one takes the place of one that has stalled.
    await vi.waitFor(async () => expect((await message(helper, new Uint8Array(20 * megabyte))).status).toBe(200), {
      timeout: 10_000,
    });
    await Promise.all(uploads.map(({ closed }) => closed));
    expect(await held()).toBe(0);
  });

  test('that stall never hold up a handshake', async () => {
    await answering(helper, helperKeys);
    for (let at = 0; at < 300; at += 1) begun(helper, 'message', 60 * 1024, 59 * 1024);
    await vi.waitFor(async () => expect(await held()).toBeGreaterThan(megabyte), { timeout: 10_000 });
    for (let at = 0; at < 5; at += 1) {
      const hello = await fetch(`${server.url}/agents/${helper}/agent/handshake`, { method: 'POST', body: '{}' });
      expect(hello.status).toBe(200);
    }
    expect((await message(helper)).status).toBe(200);
  });

  test('whose sender leaves halfway leave nothing behind', async () => {
    await answering(helper, helperKeys);
    const { socket } = begun(helper, 'message', 24 * megabyte, 5 * megabyte);
    await vi.waitFor(async () => expect(await held()).toBeGreaterThan(4 * megabyte), { timeout: 10_000 });
    socket.resetAndDestroy();
    await vi.waitFor(async () => expect(await held()).toBe(0), { timeout: 10_000 });
  });
});

describe('frames', () => {
  test('that are begun and never finished are counted from their first byte, and hold a share and no more', async () => {
    await answering(helper, helperKeys);
    const ids = Array.from({ length: 6 }, (_, at) => `mallory_agent_${100 + at}`);
    const begunFrames = await Promise.all(
      ids.map(async (id) => {
        const keys = await registerRaw(server.url, id);
        const connection = new RawConnection(server.url);
        connections.push(connection);
        await connection.prove(keys, id, server.url);
        await connection.frame('welcome');
        // A frame of 23 MiB (RFC 6455, section 5.2), masked with zeros, of which the last byte never comes.
        const raw: unknown = Reflect.get(connection.socket, '_socket');
        const head = Buffer.alloc(14);
        head.writeUInt16BE(0x82ff);
        head.writeBigUInt64BE(BigInt(23 * megabyte), 2);
        if (raw instanceof Object && 'write' in raw && typeof raw.write === 'function') {
          raw.write(head);
          raw.write(Buffer.alloc(23 * megabyte - 1));
        }
        return connection;
      }),
    );
    await vi.waitFor(
      () => expect(begunFrames.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length).toBeLessThan(3),
      { timeout: 20_000 },
    );
    expect(await held()).toBeGreaterThan(megabyte);
    expect(await held()).toBeLessThanOrEqual(64 * megabyte);
    expect((await message(helper)).status).toBe(200);
  });
});

describe('answers', () => {
  test('that nobody takes are held for a while only, and a large one does not keep others out', {
    timeout: 60_000,
  }, async () => {
    await answering(mallory, malloryKeys, 'x'.repeat(23 * megabyte));
    await answering(helper, helperKeys);
    const asked = Array.from({ length: 6 }, () => {
      const { socket, closed } = begun(mallory, 'message', 2, 2);
      socket.pause();
      return closed;
    });
    await vi.waitFor(async () => expect(await held()).toBeGreaterThan(20 * megabyte), { timeout: 20_000 });
    // A quarter of 256 MiB for bodies, and half of 64 MiB for frames that are not whole yet: the next answer may be coming.
    expect(await held()).toBeLessThanOrEqual((64 + 32) * megabyte);
    expect((await message(helper)).status).toBe(200);
    await vi.waitFor(async () => expect(await held()).toBe(0), { timeout: 40_000 });
    for (const socket of sockets) socket.resume();
    await Promise.all(asked);
  });
});

test('messages that wait for an agent never hold up a handshake with it', async () => {
  const connection = new RawConnection(server.url);
  connections.push(connection);
  await connection.prove(helperKeys, helper, server.url);
  await connection.frame('welcome');
  const waiting = Array.from({ length: 64 }, () => message(helper).catch(() => undefined));
  await vi.waitFor(() => expect(connection.frames.filter(({ type }) => type === 'request')).toHaveLength(64), {
    timeout: 10_000,
  });
  expect((await message(helper)).status).toBe(429);
  connection.socket.on('message', (data: unknown) => {
    const { header } = decodeFromRelay(data);
    if (header.type === 'request' && header.path.endsWith('/handshake')) {
      connection.socket.send(encodeFrame({ type: 'answer', id: header.id, status: 200, headers: [] }));
    }
  });
  const hello = await fetch(`${server.url}/agents/${helper}/agent/handshake`, { method: 'POST', body: '{}' });
  expect(hello.status).toBe(200);
  connection.socket.terminate();
  await Promise.all(waiting);
});
