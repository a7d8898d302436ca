import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readServerOptions } from '../options/options.ts';
import { type RunningServer, startServer } from '../server.ts';
import { flagsIn } from '../testing/flags.ts';
import { postJson, RawConnection, registerRaw } from '../testing/raw-agent.ts';
import { rawHttp } from '../testing/raw-http.ts';
import { startTestServer } from '../testing/server.ts';

let folder: string;
let server: RunningServer | undefined;
let metricsUrl: string | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-metrics-'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function start(
  flags: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const options = readServerOptions({ port: '0', data: folder, ...flagsIn(flags) }, environment);
  server = await startServer(options, (_, event, facts) => {
    if (event === 'listening') metricsUrl = facts?.metrics === undefined ? undefined : String(facts.metrics);
  });
  return server;
}

async function ask(port: number, ...headers: readonly string[]): Promise<number> {
  const lines = ['GET /metrics HTTP/1.1', `Host: localhost:${port}`, 'Connection: close', ...headers];
  return (await rawHttp(port, `${lines.join('\r\n')}\r\n\r\n`)).status;
}

const token = 'metrics-token-of-the-operator';
const bearer = `Authorization: Bearer ${token}`;

test.each([
  ['on this machine alone', []],
  ['at a public address', ['--url', 'https://parley.example', '--registration', 'open']],
])('a server %s that was given no token and no port has no metrics', async (_, flags) => {
  const { port } = await start(flags);
  expect(await ask(port)).toBe(404);
  expect(await ask(port, bearer)).toBe(404);
  expect(metricsUrl).toBeUndefined();
});

test('with a token they are for whoever shows it', async () => {
  const { port } = await start([], { PARLEY_METRICS_TOKEN: token });
  expect(await ask(port)).toBe(404);
  expect(await ask(port, 'Authorization: Bearer not-the-token-of-this-server')).toBe(401);
  expect(await ask(port, bearer)).toBe(200);
});

test('the file that an earlier version made for its token still holds it', async () => {
  await writeFile(join(folder, 'metrics-token'), `${token}\n`);
  const { port } = await start([]);
  expect(await ask(port)).toBe(404);
  expect(await ask(port, bearer)).toBe(200);
});

test('at a port of their own they need no token, and are all that is there', async () => {
  const { port } = await start(['--metrics-port', '0']);
  expect(await ask(port)).toBe(404);
  const own = Number(new URL(metricsUrl ?? '').port);
  expect(await ask(own)).toBe(200);
  expect(await ask(own, 'Origin: https://evil.example')).toBe(403);
  expect((await rawHttp(own, 'GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')).status).toBe(
    421,
  );
  for (const path of ['/healthz', '/controller/agents', '/']) {
    expect((await fetch(`http://localhost:${own}${path}`)).status).toBe(404);
  }
  expect((await fetch(`http://localhost:${own}/metrics`, { method: 'POST' })).status).toBe(404);
});

test('a port that cannot be used ends the start, and says which', async () => {
  const first = await start(['--metrics-port', '0']);
  const taken = String(first.port);
  await expect(startTestServer(['--metrics-port', taken])).rejects.toThrow(/--metrics-port/);
});

test('a status that an agent makes up is no label of its own', async () => {
  const own = await startTestServer();
  try {
    const keys = await registerRaw(own.url, 'helper_agent_001');
    const line = new RawConnection(own.url);
    await line.prove(keys, 'helper_agent_001', own.url);
    await line.frame('welcome');
    const asked = fetch(`${own.url}/agents/helper_agent_001/agent/session/${'0'.repeat(32)}`);
    const { id } = await line.frame('request');
    line.send({ type: 'answer', id, status: 299, headers: [] });
    expect((await asked).status).toBe(299);
    expect(await own.metrics()).toContain('parley_http_requests_total{route="agents",status="2xx"} 1');
  } finally {
    await own.end();
  }
});

test('what happened is counted, and what there is can be read', async () => {
  const { port, url } = await start(['--registration', 'open'], {
    PARLEY_METRICS_TOKEN: token,
    PARLEY_OPERATOR_TOKEN: 'operator-token-of-the-test',
  });
  const read = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`http://localhost:${port}/metrics`, { headers })).text();
  };
  const before = await read();
  for (const line of [
    'parley_registrations_total{kind="new"} 0',
    'parley_limits_reached_total{limit="relay_memory"} 0',
    'parley_revocations_total{by="operator"} 0',
    'parley_refused_proofs_total{call="operator",code="not_authorized"} 0',
    'parley_refused_connections_total{code="signature_invalid"} 0',
  ]) {
    expect(before).toContain(`\n${line}\n`);
  }
  await registerRaw(url, 'helper_agent_001');
  await registerRaw(url, 'other_agent_001');
  const revocation = {
    agent_id: 'helper_agent_001',
    reason: 'keyCompromise',
    timestamp: Math.floor(Date.now() / 1_000),
  };
  const revoke = (shown: string) =>
    postJson(`${url}/controller/revoke`, revocation, { authorization: `Bearer ${shown}` });
  await revoke('not-the-operator-token');
  await revoke('operator-token-of-the-test');
  await fetch(`${url}/operator/status`, { headers: { authorization: 'Bearer not-the-operator-token' } });
  await postJson(`${url}/agents/nobody_agent_001/agent/message`, {});
  await fetch(`${url}/controller/register`, { method: 'POST', body: new Uint8Array(3 * 1024 * 1024) });
  const after = await read();
  for (const line of [
    'parley_registrations_total{kind="new"} 2',
    'parley_revocations_total{by="operator"} 1',
    'parley_refused_proofs_total{call="revoke",code="not_authorized"} 1',
    'parley_refused_proofs_total{call="operator",code="not_authorized"} 1',
    'parley_limits_reached_total{limit="body_bytes"} 1',
    'parley_agents_registered 2',
    'parley_relayed_seconds_bucket{le="120",outcome="unreachable"} 1',
    'parley_crl_signed_total 2',
    'parley_failures_total{event="request_failed"} 0',
  ]) {
    expect(after).toContain(`\n${line}\n`);
  }
  expect(Number(/^parley_store_bytes (\d+)$/m.exec(after)?.[1])).toBeGreaterThan(10_000);
  expect(Number(/^parley_crl_age_seconds (\S+)$/m.exec(after)?.[1])).toBeLessThan(1_800);
  expect(after).not.toMatch(/helper_agent|other_agent|nobody_agent|127\.0\.0\.1/);
});
