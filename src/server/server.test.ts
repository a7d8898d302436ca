import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { makeRegistrant, registration } from '../controller/testing/registrant.ts';
import { loadOrCreateTls } from '../storage/file/tls-files.ts';
import { postJson, RawConnection, registerRaw } from './testing/raw-agent.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

let server: TestServer;
afterEach(() => server.end());

const helper = 'helper_agent_001';

test('a server that is told to end lets what is under way finish, and takes nothing new', async () => {
  server = await startTestServer();
  const keys = await registerRaw(server.url, helper);
  const agent = new RawConnection(server.url);
  await agent.prove(keys, helper, server.url);
  await agent.frame('welcome');
  const asked = fetch(`${server.url}/agents/${helper}/agent/session/abc`);
  const { id } = await agent.frame('request');
  const closed = server.close();
  await agent.frame('leaving');
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  agent.send({ type: 'answer', id, status: 200, headers: [] }, new TextEncoder().encode('{"late":true}'));
  expect(await (await asked).text()).toBe('{"late":true}');
  await closed;
  expect(await agent.closed).toBe(1001);
  const told = server.log.map((line) => line.split(' ')).filter(([level]) => level !== 'debug');
  const events = told.map(([, event]) => event);
  expect(events).toEqual(['starting', 'list_signed', 'listening', 'agent_registered', 'draining', 'closed']);
});

test('a file that is on its way when the server is told to end arrives whole; streams of events end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-app-'));
  const size = 32 * 1024 * 1024;
  await writeFile(join(folder, 'large.bin'), new Uint8Array(size));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  server = await startTestServer(['--app', folder]);
  const events = await fetch(`${server.url}/controller/events`);
  // More than the buffers between here and there take: most of it is still in the server.
  const file = await fetch(`${server.url}/large.bin`);
  const closed = server.close();
  expect((await file.arrayBuffer()).byteLength).toBe(size);
  expect(await events.text()).toBe(': connected\n\n');
  await closed;
  await rm(folder, { recursive: true });
});

test('a server ends although somebody is about to prove, and somebody else does not close', async () => {
  server = await startTestServer();
  const keys = await registerRaw(server.url, helper);
  const deaf = new RawConnection(server.url);
  await deaf.prove(keys, helper, server.url);
  await deaf.frame('welcome');
  deaf.socket.pause();
  const late = new RawConnection(server.url);
  await late.frame('challenge');
  await server.close();
  expect(server.log.at(-1)).toContain('closed');
  deaf.socket.terminate();
});

test('it says how it is, and counts', async () => {
  server = await startTestServer();
  expect(await (await fetch(`${server.url}/healthz`)).text()).toBe('ok');
  expect(await (await fetch(`${server.url}/readyz`)).text()).toBe('ready');
  await fetch(`${server.url}/agents/${helper}/agent/session/abc`);
  const metrics = await server.metrics();
  expect(metrics).toContain('parley_agents_connected 0');
  expect(metrics).toContain('parley_relayed_seconds_count{outcome="unreachable"} 1');
  expect(metrics).toContain('parley_http_requests_total{route="agents",status="502"} 1');
  expect(metrics).not.toContain(helper);
});

test('one address gets so much, and is told when to come back', async () => {
  server = await startTestServer(['--rate-limit', '5']);
  // More than it may have in ten seconds.
  const answers = await Promise.all(Array.from({ length: 60 }, () => fetch(`${server.url}/controller/agents`)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

test('where a token is needed, agents without it are refused, and the file that has it is its owner’s alone', async () => {
  server = await startTestServer(['--registration', 'token']);
  const keys = await makeRegistrant(helper, `${server.url}/agents/${helper}`);
  const signing = () => ({ controller: server.url, timestamp: Math.floor(Date.now() / 1_000) });
  const register = async (headers: Record<string, string>) =>
    postJson(`${server.url}/controller/register`, await registration(keys, signing()), headers);
  expect(await (await register({})).json()).toMatchObject({ code: 'not_authorized' });
  expect((await register({ authorization: 'Bearer nonsense-nonsense' })).status).toBe(401);
  const path = join(server.data, 'registration-token');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const token = (await readFile(path, 'utf8')).trim();
  expect((await register({ authorization: `Bearer ${token}` })).status).toBe(201);
  expect(server.log.join()).not.toContain(token);
});

test('its CA is a file for its owner alone, and the same after it was started again', async () => {
  server = await startTestServer();
  const ca = await (await fetch(`${server.url}/controller/ca`)).text();
  expect((await stat(join(server.data, 'ca.pem'))).mode & 0o777).toBe(0o600);
  await server.close();
  server = await startTestServer([], {}, server.data);
  expect(await (await fetch(`${server.url}/controller/ca`)).text()).toBe(ca);
});

test('with certificate files it speaks TLS, and tells browsers to stay with it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
  const { cert, key } = await loadOrCreateTls(folder, 'localhost');
  server = await startTestServer(['--tls-cert', cert, '--tls-key', key]);
  expect(server.url).toMatch(/^https:/);
  const ca = await readFile(cert);
  const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
    get(`${server.url}/healthz`, { ca }, (answer) => {
      answer.resume();
      resolve(answer.headers);
    }).on('error', reject);
  });
  expect(headers['strict-transport-security']).toContain('max-age=31536000');
  await rm(folder, { recursive: true });
});

test('a port that is taken, or a certificate that is not there, ends the start with a sentence', async () => {
  server = await startTestServer();
  const port = String(server.port);
  await expect(startTestServer(['--port', port])).rejects.toThrow(/Port \d+ on localhost cannot be used/);
  const missing = ['--tls-cert', '/nowhere/cert.pem', '--tls-key', '/nowhere/key.pem'];
  await expect(startTestServer(missing)).rejects.toThrow(/--tls-cert is \/nowhere\/cert\.pem, which cannot be used/);
});

test('everyone who listens hears of agents that come, go and are revoked', async () => {
  server = await startTestServer();
  const stream = await fetch(`${server.url}/controller/events`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const listening = (async () => {
    for (;;) {
      const part = await reader?.read();
      if (part?.value === undefined) return;
      heard += part.value;
    }
  })();
  const keys = await registerRaw(server.url, helper);
  const agent = new RawConnection(server.url);
  await agent.prove(keys, helper, server.url);
  await agent.frame('welcome');
  agent.socket.close();
  await vi.waitFor(
    () => {
      expect(heard).toContain(`event: agent_online\ndata: {"agent_id":"${helper}"}`);
      expect(heard).toContain(`event: agent_offline\ndata: {"agent_id":"${helper}"}`);
    },
    { timeout: 10_000 },
  );
  await reader?.cancel();
  await listening;
});

test('an address that reads the whole directory again and again is slowed down, and no look-up of one name is', async () => {
  server = await startTestServer(['--rate-limit', '300']);
  await registerRaw(server.url, helper);
  // Six pages a second: more than it may have in ten.
  const pages = await Promise.all(Array.from({ length: 80 }, () => fetch(`${server.url}/controller/agents?limit=500`)));
  const refused = pages.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(pages.some(({ status }) => status === 200)).toBe(true);
  expect((await fetch(`${server.url}/controller/agents/${helper}`)).status).toBe(200);
});
