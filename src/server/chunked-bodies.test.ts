import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeRegistrant, registration } from '../controller/testing/registrant.ts';
import { RawConnection, registerRaw } from './testing/raw-agent.ts';
import { chunkedPost, rawHttp } from './testing/raw-http.ts';
import { operatorToken, startTestServer, type TestServer } from './testing/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.end());

const post = (path: string, ...chunks: readonly string[]) =>
  rawHttp(server.port, ...chunkedPost(path, chunks, `localhost:${server.port}`));

test('a registration that comes in chunks is taken like any other', async () => {
  const keys = await makeRegistrant('chunky_agent_001', `${server.url}/agents/chunky_agent_001`);
  const text = JSON.stringify(
    await registration(keys, { controller: server.url, timestamp: Math.floor(Date.now() / 1_000) }),
  );
  const answer = await post('/controller/register', text.slice(0, 1), text.slice(1, 700), text.slice(700));
  expect(answer).toMatchObject({ status: 201, body: expect.stringContaining('registration_id') });
});

test('a registration in chunks of one byte is taken, and so is the next one', async () => {
  for (const agentId of ['crumbly_agent_001', 'crumbly_agent_002']) {
    const keys = await makeRegistrant(agentId, `${server.url}/agents/${agentId}`);
    const statement = { controller: server.url, timestamp: Math.floor(Date.now() / 1_000) };
    const text = JSON.stringify(await registration(keys, statement));
    expect(text.length).toBeGreaterThan(1_000);
    expect((await post('/controller/register', ...text)).status).toBe(201);
  }
});

test.each(['/controller/register', '/controller/register/abc/confirm', '/controller/revoke'])(
  'chunks over the limit get 413 from %s, and chunks that are no JSON 400',
  async (path) => {
    const large = await post(path, ...Array.from({ length: 9 }, () => 'x'.repeat(4 * 1024)));
    expect(large).toMatchObject({ status: 413, body: expect.stringContaining('message_too_large') });
    expect(await post(path, '{"a":')).toMatchObject({
      status: 400,
      body: expect.stringContaining('malformed_message'),
    });
  },
);

test('a body of an announced length over the limit gets 413, before it is sent', async () => {
  const head = ['POST /controller/revoke HTTP/1.1', `Host: localhost:${server.port}`, 'Connection: close'];
  const answer = await rawHttp(server.port, `${[...head, 'Content-Length: 33000'].join('\r\n')}\r\n\r\n`);
  expect(answer).toMatchObject({ status: 413, body: expect.stringContaining('message_too_large') });
});

test('what answers without reading answers in full, whatever body came', async () => {
  for (const path of ['/healthz', '/controller/agents', '/nowhere']) {
    expect((await post(path, 'x'.repeat(40 * 1024))).status).toBe(404);
  }
});

test('a client that hangs up in the middle of its body is no failure of the server', async () => {
  const own = await startTestServer();
  try {
    const keys = await registerRaw(own.url, 'patient_agent_001');
    const line = new RawConnection(own.url);
    await line.prove(keys, 'patient_agent_001', own.url);
    await line.frame('welcome');
    const paths = [
      '/controller/register',
      '/controller/revoke',
      '/agents/patient_agent_001/agent/message',
      '/operator/tokens',
    ];
    for (const path of paths) {
      for (const length of ['Content-Length: 1000', 'Transfer-Encoding: chunked']) {
        const socket = connect(own.port, 'localhost');
        const head = [
          `POST ${path} HTTP/1.1`,
          `Host: localhost:${own.port}`,
          `Authorization: Bearer ${operatorToken}`,
          'Expect: 100-continue',
          length,
        ];
        socket.write(`${head.join('\r\n')}\r\n\r\n`);
        // The server has the request and waits for its body.
        await once(socket, 'data');
        socket.write('5\r\n{"a":\r\n');
        socket.destroy();
        await once(socket, 'close');
      }
    }
    const answered = /parley_http_requests_total\{route="(?:controller|agents|operator)",status="\d+"\} (\d+)/g;
    // Each was answered into the void by the time the counts are told.
    await vi.waitFor(
      async () => {
        const counts = [...(await own.metrics()).matchAll(answered)].map(([, count]) => Number(count));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(2 + 2 * paths.length);
      },
      { timeout: 30_000, interval: 50 },
    );
    expect(await own.metrics()).toContain('parley_failures_total{event="request_failed"} 0');
    expect(own.log.filter((entry) => /request_failed|proof_refused/.test(entry))).toEqual([]);
    line.socket.close();
  } finally {
    await own.end();
  }
});
