import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RawAnswer, rawHttp } from '../../server/testing/raw-http.ts';
import { startTestServer, type TestServer } from '../../server/testing/server.ts';

const stranger = 'https://stranger.example';
const named = 'https://pages.example';
const relay = 'http://localhost:59999';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(['--allow-origin', named, '--relays', `http://localhost:0,${relay}`]);
});
afterAll(() => server.end());

const own = () => server.url;
const host = () => `localhost:${server.port}`;

function ask(first: string, headers: Readonly<Record<string, string>>, body = ''): Promise<RawAnswer> {
  const all = { Host: host(), Connection: 'close', 'Content-Length': String(body.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return rawHttp(server.port, `${[`${first} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`);
}

const calls = [
  'POST /controller/register',
  'POST /controller/revoke',
  'GET /controller/agents',
  'GET /controller/events',
  'POST /agents/helper_agent_001/agent/handshake',
  'POST /agents/helper_agent_001/agent/message',
  'GET /agents/helper_agent_001/agent/session/abc',
  'GET /relay',
  'GET /healthz',
  'GET /metrics',
];

describe('a page of another origin', () => {
  test.each(calls)('is refused, and may not read why: %s', async (call) => {
    for (const origin of [
      stranger,
      'null',
      'http://localhost',
      `https://${host()}`,
      // Another program of this machine: it has a port of its own.
      `http://127.0.0.1:${server.port + 1}`,
    ]) {
      // A body of this type needs no leave from CORS.
      const answer = await ask(call, { Origin: origin, 'Content-Type': 'text/plain' }, '{}');
      expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('not_permitted') });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test.each(calls)('is refused also where the browser names no origin: %s', async (call) => {
    for (const site of ['cross-site', 'same-site']) {
      const answer = await ask(call, { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' });
      expect(answer.status).toBe(403);
    }
  });

  test('gets no leave when it asks before', async () => {
    const question = { Origin: stranger, 'Access-Control-Request-Method': 'POST' };
    const answer = await ask('OPTIONS /controller/register', {
      ...question,
      'Access-Control-Request-Private-Network': 'true',
    });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('opens no WebSocket', async () => {
    const upgraded = (origin?: string) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}/relay/connect`, { origin });
        socket.once('unexpected-response', (_, answer) => resolve(answer.statusCode ?? 0));
        socket.once('open', () => {
          resolve(101);
          socket.terminate();
        });
        socket.on('error', () => undefined);
      });
    expect(await upgraded(stranger)).toBe(403);
    expect(await upgraded('null')).toBe(403);
    for (const origin of [own(), relay, named, undefined]) expect(await upgraded(origin)).toBe(101);
  });

  test('may lead to the app by a link, and put it into no frame', async () => {
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
    expect((await ask('GET /nowhere', link)).status).toBe(404);
    expect((await ask('GET /nowhere', { ...link, 'Sec-Fetch-Dest': 'iframe' })).status).toBe(403);
    expect((await ask('GET /controller/ca', link)).status).toBe(403);
  });
});

test('pages of its own, of the relays of its group and of origins that are named may call', async () => {
  for (const origin of [own(), relay, named]) {
    const answer = await ask('GET /controller/agents', { Origin: origin, 'Sec-Fetch-Site': 'cross-site' });
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } });
    expect(answer.headers.vary).toMatch(/origin/i);
    const leave = await ask('OPTIONS /controller/register', {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
    });
    expect(leave).toMatchObject({ status: 204, headers: { 'access-control-allow-methods': 'GET, POST, PUT' } });
  }
});

test('a page that may call may also send an agent a binary envelope, which it has to ask leave for', async () => {
  const asking = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' };
  const message = '/agents/helper_agent_001/agent/message';
  const leave = await ask(`OPTIONS ${message}`, { ...asking, Origin: named });
  expect(leave).toMatchObject({
    status: 204,
    headers: { 'access-control-allow-headers': expect.stringContaining('content-type') },
  });
  const type = { 'Content-Type': 'application/vnd.parley.envelope' };
  const refused = await ask(`POST ${message}`, { ...type, Origin: stranger }, '{}');
  expect(refused.status).toBe(403);
  const answer = await ask(`POST ${message}`, { ...type, Origin: named }, '{}');
  // There is no such agent: that is said as problem+json, whatever was sent.
  expect(answer).toMatchObject({
    status: 502,
    headers: { 'access-control-allow-origin': named, 'content-type': 'application/problem+json' },
  });
});

test('only an origin that is named may call this machine from a public site', async () => {
  const asking = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Private-Network': 'true' };
  for (const [origin, leave] of [
    [named, 'true'],
    [relay, undefined],
    [own(), undefined],
  ] as const) {
    const answer = await ask('OPTIONS /controller/register', { ...asking, Origin: origin });
    expect(answer.headers['access-control-allow-private-network']).toBe(leave);
  }
});

test('a name that leads to this machine and is not its own is refused', async () => {
  for (const name of ['rebound.example', `rebound.example:${server.port}`, 'localhost.example', '10.0.0.1', '[::2]']) {
    const rebound = { Host: name, Origin: `http://${name}` };
    expect((await ask('GET /controller/agents', rebound)).status).toBe(421);
    expect((await ask('GET /nowhere', { Host: name })).status).toBe(421);
  }
  for (const name of [host(), `127.0.0.1:${server.port}`, `[::1]:${server.port}`, 'localhost']) {
    expect((await ask('GET /controller/agents', { Host: name, Origin: `http://${name}` })).status).toBe(200);
  }
});

test('behind a proxy a local server takes the name and the pages of its public address', async () => {
  const behind = await startTestServer(['--url', 'https://parley.example', '--registration', 'open']);
  const get = (headers: Readonly<Record<string, string>>) => {
    const lines = Object.entries({ Connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`);
    return rawHttp(behind.port, `${['GET /controller/agents HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n`);
  };
  expect((await get({ Host: 'parley.example', Origin: 'https://parley.example' })).status).toBe(200);
  expect((await get({ Host: `localhost:${behind.port}`, Origin: 'https://parley.example' })).status).toBe(200);
  expect((await get({ Host: 'parley.example', Origin: stranger })).status).toBe(403);
  expect((await get({ Host: 'rebound.example', Origin: 'https://parley.example' })).status).toBe(421);
  await behind.end();
});

test('a server that others reach keeps to the same pages, unless its operator opens it to all', async () => {
  const flags = ['--host', '0.0.0.0', '--allow-http', '--url', 'https://parley.example'];
  for (const [more, status] of [
    [[], 403],
    [['--allow-origin', '*'], 200],
  ] as const) {
    const open = await startTestServer([...flags, ...more]);
    const lines = ['Host: parley.example', 'Connection: close', `Origin: ${stranger}`].join('\r\n');
    const answer = await rawHttp(open.port, `GET /controller/agents HTTP/1.1\r\n${lines}\r\n\r\n`);
    expect(answer.status).toBe(status);
    await open.end();
  }
});
