import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeRegistrant, type Registrant } from '../../controller/testing/registrant.ts';
import { limits } from '../../protocol/limits.ts';
import { RawConnection, registerRaw } from '../../server/testing/raw-agent.ts';
import { chunkedPost, rawHttp } from '../../server/testing/raw-http.ts';
import { startTestServer, type TestServer } from '../../server/testing/server.ts';
import { decodeFromRelay } from '../client/frames.ts';

const helper = 'helper_agent_001';

let helperKeys: Registrant;
beforeAll(async () => {
  helperKeys = await makeRegistrant(helper, 'https://localhost:5001');
});

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer([], { requestsPerAgent: 6, bytesWaiting: 64 * 1024, graceMs: 50 });
  await registerRaw(server.url, helper, helperKeys);
});
afterEach(() => server.end());

/** Returns a connection of the helper to its relay. */
async function connected(): Promise<RawConnection> {
  const connection = new RawConnection(server.url);
  await connection.prove(helperKeys, helper, server.url);
  await connection.frame('welcome');
  return connection;
}

test('chunked bodies arrive whole, and over the limit get 413', async () => {
  const connection = await connected();
  connection.socket.on('message', (data: unknown) => {
    const { header, body } = decodeFromRelay(data);
    if (header.type === 'request') connection.send({ type: 'answer', id: header.id, status: 200, headers: [] }, body);
  });
  const to = (path: string) => `/agents/${helper}/agent/${path}`;
  const answer = await rawHttp(server.port, ...chunkedPost(to('message'), ['{"a":', '1}']));
  expect(answer.status).toBe(200);
  expect(answer.body).toBe('{"a":1}');
  const over = Array.from({ length: 5 }, () => 'x'.repeat(8 * 1024));
  expect((await rawHttp(server.port, ...chunkedPost(to('handshake'), over))).status).toBe(413);
  connection.socket.terminate();
});

describe('a body that its beginning rules out', () => {
  const list = '['.repeat(100_000);

  test('is refused before the rest of it comes, and the agent never sees it', async () => {
    const connection = await connected();
    const heard: string[] = [];
    connection.socket.on('message', (data: unknown) => heard.push(decodeFromRelay(data).header.type));
    const head = [`POST /agents/${helper}/agent/message HTTP/1.1`, 'Host: localhost', 'Content-Length: 20000000'];
    // Nothing but the beginning is ever sent.
    const answer = await rawHttp(server.port, `${head.join('\r\n')}\r\nConnection: close\r\n\r\n${list}`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'malformed_message' });
    expect(heard).not.toContain('request');
    connection.socket.terminate();
  });

  test('is refused as too large all the same when it comes in chunks and turns out to be', async () => {
    const connection = await connected();
    const post = (count: number) =>
      rawHttp(
        server.port,
        ...chunkedPost(
          `/agents/${helper}/agent/message`,
          Array.from({ length: count }, () => list),
        ),
      );
    expect((await post(10)).status).toBe(400);
    expect((await post(Math.ceil(limits.messageBody / list.length) + 1)).status).toBe(413);
    connection.socket.terminate();
  });
});

describe('a body', () => {
  test.each([
    ['message', limits.messageBody],
    ['handshake', limits.handshakeBody],
  ])('of a %s that is too large is refused, announced or not', async (path, most) => {
    const url = `${server.url}/agents/${helper}/agent/${path}`;
    const body = new Uint8Array(most + 1);
    expect((await fetch(url, { method: 'POST', body })).status).toBe(413);
    const connection = await connected();
    const streamed: RequestInit & { readonly duplex: 'half' } = {
      method: 'POST',
      body: new Blob([body]).stream(),
      duplex: 'half',
    };
    expect((await fetch(url, streamed)).status).toBe(413);
    connection.socket.terminate();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});
