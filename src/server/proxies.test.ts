import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as startRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Agent } from '../library/node.ts';
import { decodeFromRelay } from '../relay/client/frames.ts';
import { standardRelayLimits } from '../relay/server/limits.ts';
import { loadOrCreateTls, type TlsFiles } from '../storage/file/tls-files.ts';
import { freePort } from '../storage/nats/testing/free-port.ts';
import { readServerOptions } from './options/options.ts';
import { type RunningServer, startServer } from './server.ts';
import { flagsIn } from './testing/flags.ts';
import { commandIn, recipes } from './testing/proxy-recipes.ts';
import { RawConnection, registerRaw } from './testing/raw-agent.ts';

const megabyte = 1024 * 1024;
/** Bytes of a body that are sent before its answer. */
const mostSent = 64 * 1024;
const operatorToken = 'operator-token-of-the-test';

/** Milliseconds that a proxy has to start on a busy machine. */
const patience = { timeout: 60_000, interval: 100 };

async function answers(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

// Where a proxy is not installed its tests are left out; scripts/ensure-tools.mjs says so.
describe.each(recipes)('behind $name, as $file has it', ({ program, file, stop, configure }) => {
  const isThere = existsSync(program);
  let folder: string;
  let tls: TlsFiles;
  let ca: string;
  let url: string;
  let server: RunningServer;
  let proxy: ChildProcess | undefined;
  const said: string[] = [];
  const log: Record<string, unknown>[] = [];
  const trusted = getCACertificates('default');

  beforeAll(async () => {
    if (!isThere) return;
    folder = await mkdtemp(join(tmpdir(), 'parley-proxy-'));
    tls = await loadOrCreateTls(join(folder, 'tls'), 'localhost');
    ca = await readFile(tls.cert, 'utf8');
    setDefaultCACertificates([...trusted, ca]);
    const port = await freePort();
    url = `https://localhost:${port}`;
    const recipe = await readFile(file, 'utf8');
    const options = readServerOptions(
      { ...flagsIn(commandIn(recipe)), port: '0', data: join(folder, 'data'), url, 'rate-limit': '100000' },
      { PARLEY_OPERATOR_TOKEN: operatorToken },
    );
    const limits = { ...standardRelayLimits, heartbeatMs: 1_500 };
    server = await startServer(options, (level, event, facts) => log.push({ level, event, ...facts }), limits);
    await mkdir(join(folder, 'proxy'));
    const place = { folder: join(folder, 'proxy'), port, upstream: server.port, tls };
    const { args } = await configure(recipe, place);
    proxy = spawn(program, args, {
      env: { ...process.env, HOME: place.folder, XDG_DATA_HOME: place.folder, XDG_CONFIG_HOME: place.folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    proxy.stderr?.on('data', (chunk) => said.push(String(chunk)));
    await vi
      .waitFor(() => answers(port), patience)
      .catch((error: unknown) => {
        throw new TypeError(`the proxy does not answer: ${said.join('')}`, { cause: error });
      });
  });

  afterAll(async () => {
    setDefaultCACertificates(trusted);
    if (!isThere) return;
    if (proxy !== undefined) {
      const ended = new Promise((resolve) => proxy?.once('exit', resolve));
      proxy.kill(stop);
      await ended;
    }
    await server.close();
    await rm(folder, { recursive: true });
  });

  test.runIf(isThere)('two agents shake hands, and exchange a message of some megabytes', async () => {
    const open = (id: string) =>
      Agent.open({
        id,
        server: url,
        folder: join(folder, id),
        methods: { repeat: (text) => ({ text }) },
      });
    const [alice, helper] = [await open('alice_agent_001'), await open('helper_agent_001')];
    expect(await alice.send('helper_agent_001', 'repeat', 'short')).toEqual({ text: 'short' });
    const text = 'sixteen letters '.repeat(megabyte / 4);
    expect(await alice.send('helper_agent_001', 'repeat', text)).toEqual({ text });
    await Promise.all([alice.close(), helper.close()]);
  });

  test.runIf(isThere)('a body that is too large is refused by Parley, in its own words', async () => {
    for (const [path, size] of [
      ['/agents/helper_agent_001/agent/message', 24 * megabyte + 1],
      ['/agents/helper_agent_001/agent/message', 40 * megabyte],
      ['/controller/register', 40_000],
    ] as const) {
      const answer = await posted(path, size);
      expect(answer).toMatchObject({ status: 413, type: 'application/problem+json' });
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'message_too_large' });
    }
  });

  test.runIf(isThere)(
    'a WebSocket lives: it has one heartbeat after another, and a request passes through it',
    async () => {
      const id = 'alone_agent_001';
      const keys = await registerRaw(url, id);
      const line = new RawConnection(url);
      let pings = 0;
      line.socket.on('message', (data: unknown) => {
        const { header } = decodeFromRelay(data);
        if (header.type === 'request') line.send({ type: 'answer', id: header.id, status: 204, headers: [] });
        if (header.type !== 'ping') return;
        pings += 1;
        line.send({ type: 'pong' });
      });
      await line.prove(keys, id, url);
      await line.frame('welcome');
      await vi.waitFor(() => expect(pings).toBeGreaterThan(2), patience);
      expect((await fetch(`${url}/agents/${id}/agent/session/${'0'.repeat(32)}`)).status).toBe(204);
      line.socket.close();
      await line.closed;
    },
  );

  test.runIf(isThere)('a stream of events passes as it comes', async () => {
    const stream = await fetch(`${url}/controller/events`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const until = async (text: string) => {
      while (!heard.includes(text)) {
        const part = await reader?.read();
        if (part?.value === undefined) throw new TypeError(`the stream ended: ${heard}`);
        heard += part.value;
      }
    };
    await until(': connected');
    await registerRaw(url, 'revoked_agent_001');
    const revocation = {
      agent_id: 'revoked_agent_001',
      reason: 'superseded',
      timestamp: Math.floor(Date.now() / 1_000),
    };
    await fetch(`${url}/controller/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operatorToken}` },
      body: JSON.stringify(revocation),
    });
    await until('certificate_revoked\ndata: {"agent_id":"revoked_agent_001"}');
    await reader?.cancel();
  });

  test.runIf(isThere)('Parley knows where a request comes from, also from a client that lies about it', async () => {
    const answer = await posted(
      '/controller/revoke',
      2,
      { localAddress: '127.0.0.2' },
      { 'X-Forwarded-For': '192.0.2.9' },
    );
    expect(answer.status).toBe(400);
    expect(log.filter(({ call }) => call === 'revoke')).toContainEqual(
      expect.objectContaining({ event: 'proof_refused', address: '127.0.0.2' }),
    );
  });

  function posted(
    path: string,
    size: number,
    from: { readonly localAddress?: string } = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly type: string | undefined; readonly body: string }> {
    const { port } = new URL(url);
    return new Promise((resolve, reject) => {
      const sent = startRequest(
        {
          host: 'localhost',
          family: 4,
          port,
          path,
          method: 'POST',
          ca,
          agent: false,
          ...from,
          headers: { 'Content-Length': size, ...headers },
        },
        (answer) => {
          let body = '';
          answer.on('data', (chunk) => {
            body += String(chunk);
          });
          // The rest of a body that is refused may not be taken any more.
          answer.on('error', reject);
          answer.on('end', () => {
            sent.destroy();
            resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'], body });
          });
        },
      );
      sent.on('error', reject);
      // Of a large body the beginning: Parley refuses what is announced, and a client that goes on writing may miss the answer.
      if (size > mostSent) sent.write(Buffer.alloc(mostSent, '{'));
      else sent.end(Buffer.alloc(size, '{'));
    });
  }
});

test.each(recipes)(
  '$file calls the address at which its command listens, and the page has that command',
  async ({ file }) => {
    const recipe = await readFile(file, 'utf8');
    const { host, port } = readServerOptions(flagsIn(commandIn(recipe)), {});
    expect(recipe).toMatch(new RegExp(`(?:server|reverse_proxy) ${host}:${port}\\b`));
    expect(commandIn(await readFile('docs/deploy.md', 'utf8'))).toEqual(commandIn(recipe));
  },
);

test.each(recipes)('$file waits longer than an agent may take to answer', async ({ file }) => {
  const recipe = await readFile(file, 'utf8');
  const times = [...recipe.matchAll(/(?:read_timeout|response_header_timeout)\s+(\d+)s/g)].map(([, seconds]) =>
    Number(seconds),
  );
  expect(times.length).toBeGreaterThan(0);
  for (const seconds of times) expect(seconds * 1_000).toBeGreaterThan(standardRelayLimits.answerMs + 20_000);
});
