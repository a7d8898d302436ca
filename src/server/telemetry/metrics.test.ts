import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { rawHttp } from '../testing/raw-http.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';

let server: TestServer;
afterEach(() => server.end());

async function metrics(...headers: readonly string[]): Promise<number> {
  const lines = ['GET /metrics HTTP/1.1', `Host: localhost:${server.port}`, 'Connection: close', ...headers];
  return (await rawHttp(server.port, `${lines.join('\r\n')}\r\n\r\n`)).status;
}

test('a server that this machine alone reaches tells its metrics here, and to nobody whom a proxy passes on', async () => {
  server = await startTestServer();
  expect(await metrics()).toBe(200);
  for (const mark of ['X-Forwarded-For: 127.0.0.1', 'Forwarded: for=127.0.0.1', 'Via: 1.1 proxy', 'X-Real-IP: ::1']) {
    expect(await metrics(mark)).toBe(404);
  }
});

test.each([
  ['a public address', ['--url', 'https://parley.example', '--registration', 'open']],
  ['a proxy that says for whom it connects', ['--trust-proxy']],
  ['proxies that are named', ['--proxies', '10.0.0.0/8']],
  ['other machines that reach it', ['--host', '0.0.0.0', '--allow-http', '--url', 'http://localhost:4173']],
])('with %s, metrics need the token, also without any mark of a proxy', async (_, flags) => {
  server = await startTestServer(flags);
  expect(await metrics()).toBe(404);
  expect(await metrics('X-Forwarded-For: 127.0.0.1')).toBe(404);
  expect(await metrics('Authorization: Bearer not-the-token-of-this-server')).toBe(401);
  const path = join(server.data, 'metrics-token');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const token = (await readFile(path, 'utf8')).trim();
  expect(await metrics(`Authorization: Bearer ${token}`)).toBe(200);
  expect(server.log.join()).not.toContain(token);
});
