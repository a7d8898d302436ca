import { connect } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeRegistrant, type Registrant } from '../../controller/testing/registrant.ts';
import { limits } from '../../protocol/limits.ts';
import { RawConnection, registerRaw } from '../../server/testing/raw-agent.ts';
import { startTestServer, type TestServer } from '../../server/testing/server.ts';
import { provingBytes, wholeFrameBytes } from './limits.ts';

const helper = 'helper_agent_001';
const mallory = 'mallory_agent_001';

let helperKeys: Registrant;
let malloryKeys: Registrant;
beforeAll(async () => {
  helperKeys = await makeRegistrant(helper, 'https://localhost:5001');
  malloryKeys = await makeRegistrant(mallory, 'https://localhost:5002');
});

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer([], { requestsPerAgent: 6, bytesWaiting: 64 * 1024, graceMs: 50 });
  await registerRaw(server.url, helper, helperKeys);
  await registerRaw(server.url, mallory, malloryKeys);
});
afterEach(() => server.end());

const session = (agentId: string) => `${server.url}/agents/${agentId}/agent/session/abc`;
const isAlive = async () => (await fetch(`${server.url}/healthz`)).status === 200;

describe('a proof', () => {
  test.each([
    ['with another agent’s key', () => server.url, helper, 'signature_invalid'],
    ['for another relay', () => 'https://relay.example', mallory, 'signature_invalid'],
    ['of an agent that nobody registered', () => server.url, 'nobody_agent_001', 'unknown_agent'],
  ])('%s is refused', async (_, relay, agentId, code) => {
    const connection = new RawConnection(server.url);
    await connection.prove(malloryKeys, agentId, relay());
    expect(await connection.frame('refused')).toMatchObject({ code });
    expect(await connection.closed).toBe(4003);
    const answer = await fetch(session(agentId));
    expect(answer.status).toBe(502);
    // The sender reads it, and has a connection: it must say whose is missing.
    expect((await answer.json()).detail).toMatch(
      new RegExp(`^${agentId} is not connected to its relay: .*Nothing was delivered`),
    );
  });

  test('that was made on another connection is refused', async () => {
    const first = new RawConnection(server.url);
    const second = new RawConnection(server.url);
    const { connection, nonce } = await first.frame('challenge');
    await second.frame('challenge');
    await second.proveOver(helperKeys.signing, helper, server.url, connection, nonce);
    expect(await second.frame('refused')).toMatchObject({ code: 'signature_invalid' });
    first.socket.close();
  });

  test('that does not come ends the connection', { timeout: 40_000 }, async () => {
    const silent = new RawConnection(server.url);
    await silent.frame('challenge');
    const slow = connect(server.port, 'localhost');
    slow.write('POST /controller/register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\nX-Slow: ');
    const slowEnded = new Promise((resolve) => slow.once('close', resolve));
    slow.on('error', () => undefined).resume();
    await Promise.all([silent.closed, slowEnded]);
    expect(await isAlive()).toBe(true);
  });
});

describe('frames', () => {
  test.each([
    ['text', 'hello'],
    ['no frame at all', new Uint8Array(40).fill(255)],
    ['a header that is no JSON', Uint8Array.of(0, 0, 0, 3, 1, 2, 3)],
    ['an answer before the proof', '{"type":"answer"}'],
    ['more than a proof has', new Uint8Array(provingBytes + 1)],
  ])('%s in place of a proof ends the connection', async (_, data) => {
    const connection = new RawConnection(server.url);
    await connection.frame('challenge');
    connection.socket.send(data);
    await connection.closed;
    expect(await isAlive()).toBe(true);
  });

  test.each([
    ['text', 'hello'],
    ['no frame', new Uint8Array(8)],
    ['one that is larger than any answer', new Uint8Array(wholeFrameBytes + 1)],
  ])('%s after the proof ends the connection, and what waited is told', async (_, data) => {
    const connection = new RawConnection(server.url);
    await connection.prove(helperKeys, helper, server.url);
    await connection.frame('welcome');
    const waiting = fetch(session(helper));
    await connection.frame('request');
    connection.socket.send(data);
    await connection.closed;
    expect((await waiting).status).toBe(502);
  });

  test('an answer to what nobody asked, and a second answer, have no effect', async () => {
    const connection = new RawConnection(server.url);
    await connection.prove(helperKeys, helper, server.url);
    await connection.frame('welcome');
    connection.send({ type: 'answer', id: 77, status: 200, headers: [] });
    const asked = fetch(session(helper));
    const { id } = await connection.frame('request');
    const say = (text: string) =>
      connection.send(
        { type: 'answer', id, status: 200, headers: [['set-cookie', 'a=b']] },
        new TextEncoder().encode(text),
      );
    say('first');
    say('second');
    const answer = await asked;
    expect(await answer.text()).toBe('first');
    expect(answer.headers.get('set-cookie')).toBeNull();
    connection.socket.close();
  });
});

describe('an agent that means harm', () => {
  test.each(['text/html', 'text/javascript', 'image/svg+xml', 'text/html;x=application/json'])(
    'cannot put a page or a script on this origin: %s',
    async (type) => {
      const connection = new RawConnection(server.url);
      await connection.prove(malloryKeys, mallory, server.url);
      await connection.frame('welcome');
      const asked = fetch(session(mallory));
      const { id } = await connection.frame('request');
      connection.send(
        { type: 'answer', id, status: 200, headers: [['content-type', type]] },
        new TextEncoder().encode('<script>alert(1)</script>'),
      );
      const answer = await asked;
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      connection.socket.close();
    },
  );

  test.each([
    ['Application/VND.parley.envelope; v=1', 'application/vnd.parley.envelope'],
    ['application/problem+json', 'application/problem+json'],
  ])('is answered for in the type that it names, which no page reads as another: %s', async (type, passed) => {
    const connection = new RawConnection(server.url);
    await connection.prove(helperKeys, helper, server.url);
    await connection.frame('welcome');
    const headers = { 'content-type': type };
    const body = Uint8Array.of(0, 255, 128, 0);
    const asked = fetch(`${server.url}/agents/${helper}/agent/message`, { method: 'POST', headers, body });
    const request = await connection.frame('request');
    expect(request.headers).toContainEqual(['content-type', type]);
    connection.send({ type: 'answer', id: request.id, status: 200, headers: [['content-type', type]] }, body);
    const answer = await asked;
    expect(answer.headers.get('content-type')).toBe(passed);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(body);
    connection.socket.close();
  });

  test('cannot be cut off by whoever asks for a path that no frame holds', async () => {
    const connection = new RawConnection(server.url);
    await connection.prove(helperKeys, helper, server.url);
    await connection.frame('welcome');
    expect((await fetch(`${session(helper)}?${'x'.repeat(1_200)}`)).status).toBe(400);
    expect(connection.frames.map(({ type }) => type)).not.toContain('request');
    expect(connection.socket.readyState).toBe(connection.socket.OPEN);
    connection.socket.close();
  });
});

test('clients that reset an upgrade do not end the server, wherever they ask', async () => {
  for (const path of ['/elsewhere', '/relay/connect']) {
    for (let at = 0; at < 20; at += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, 'localhost', () => {
          socket.write(
            `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
              'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
          );
          socket.resetAndDestroy();
          resolve();
        });
        socket.on('error', () => undefined);
      });
    }
  }
  expect(await isAlive()).toBe(true);
});

test('bytes that were announced and never sent keep nobody else out', async () => {
  const small = await startTestServer([], { bytesUnderWay: limits.messageBody });
  await registerRaw(small.url, helper, helperKeys);
  const connection = new RawConnection(small.url);
  await connection.prove(helperKeys, helper, small.url);
  await connection.frame('welcome');
  const idle = connect(small.port, 'localhost');
  idle.write(
    `POST /agents/nobody_agent_001/agent/message HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n` +
      `Content-Length: ${limits.messageBody}\r\n\r\n`,
  );
  // The server has seen the announcement: it asks for the body.
  expect(String(await new Promise((resolve) => idle.once('data', resolve)))).toContain('100 Continue');
  const asked = fetch(`${small.url}/agents/${helper}/agent/message`, { method: 'POST', body: '{}' });
  const isRefused = asked.then(({ status }) => status === 429);
  const request = await Promise.race([connection.frame('request'), isRefused]);
  expect(request).not.toBe(true);
  if (typeof request === 'object') connection.send({ type: 'answer', id: request.id, status: 200, headers: [] });
  expect((await asked).status).toBe(200);
  idle.destroy();
  connection.socket.close();
  await small.end();
});

describe('an agent that does not keep up', () => {
  test('is asked no more than it can answer, and whoever asks is told when to come back', async () => {
    const connection = new RawConnection(server.url);
    await connection.prove(helperKeys, helper, server.url);
    await connection.frame('welcome');
    const refused: Response[] = [];
    const answers = Array.from({ length: 5 }, async () => {
      const answer = await fetch(session(helper));
      if (answer.status === 429) refused.push(answer);
      return answer.status;
    });
    // Nothing is answered before: no place becomes free meanwhile.
    await vi.waitFor(() => expect(refused).toHaveLength(2), { timeout: 20_000 });
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    connection.socket.terminate();
    expect((await Promise.all(answers)).toSorted()).toEqual([429, 429, 502, 502, 502]);
  });

  test('is not buried under bytes that it does not read', async () => {
    await server.end();
    server = await startTestServer([], { answerMs: 300, bytesWaiting: 64 * 1024 });
    await registerRaw(server.url, helper, helperKeys);
    const connection = new RawConnection(server.url);
    await connection.prove(helperKeys, helper, server.url);
    await connection.frame('welcome');
    connection.socket.pause();
    const body = new Uint8Array(8 * 1024 * 1024);
    const statuses: number[] = [];
    for (let at = 0; at < 4; at += 1) {
      const answer = await fetch(`${server.url}/agents/${helper}/agent/message`, { method: 'POST', body });
      statuses.push(answer.status);
    }
    expect(statuses).toContain(429);
    connection.socket.terminate();
  });
});

describe('an agent that sends what serves nothing', () => {
  test.each([
    ['signs of life', (connection: RawConnection) => connection.send({ type: 'pong' })],
    [
      'answers that nobody waits for',
      (connection: RawConnection) => connection.send({ type: 'answer', id: 9, status: 200, headers: [] }),
    ],
    ['WebSocket pings', (connection: RawConnection) => connection.socket.ping(new Uint8Array(125))],
  ])('is cut off: %s', async (_, send) => {
    const connection = new RawConnection(server.url);
    await connection.prove(helperKeys, helper, server.url);
    await connection.frame('welcome');
    for (let at = 0; at < 6_000; at += 1) send(connection);
    await connection.closed;
    expect(await isAlive()).toBe(true);
  });
});
