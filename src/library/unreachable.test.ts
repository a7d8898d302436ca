import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { generateRsa } from '../agent/testing/world.ts';
import { createMemoryAgentStore } from '../storage/memory/agent-store.ts';
import { ParleyAgent } from './agent.ts';

const run = promisify(execFile);
/** The keys are made once. */
const store = createMemoryAgentStore();
const platform = { generateRsa, openStore: async () => ({ store, close: () => undefined }) };
const closing: (() => Promise<unknown>)[] = [];
let folder: string;
let pair: { readonly key: string; readonly cert: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert],
    ...['-subj', '/CN=other.example', '-addext', 'subjectAltName=DNS:other.example', '-days', '2'],
  ]);
  pair = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Listens on a port of its own; returns its host. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const page: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html', connection: 'close' }).end('<!doctype html><p>Sign in</p>');
};
const open = (server: string) => ParleyAgent.open({ id: 'lost_agent_001', server }, platform);

test('a TLS certificate that is not trusted is named as that, with its cause', async () => {
  const host = await listen(createHttpsServer(pair, page));
  const untrusted = { code: 'tls_untrusted', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } };
  await expect(open(`https://${host}`)).rejects.toMatchObject(untrusted);
  await expect(open(`https://${host}`)).rejects.toThrow(`The TLS certificate of ${host} is self-signed`);
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, pair.cert]);
  const elsewhere = await listen(createHttpsServer(pair, page));
  await expect(open(`https://${elsewhere}`)).rejects.toMatchObject({
    code: 'tls_untrusted',
    detail: expect.stringContaining('is for another host name'),
  });
  tls.setDefaultCACertificates(trusted);
});

test.each<[string, () => Promise<string>, string]>([
  [
    'nothing listens',
    async () => {
      const host = await listen(createTcpServer());
      await closing.pop()?.();
      return `http://${host}`;
    },
    'The Controller does not answer. Nothing listens at 127.0.0.1:',
  ],
  ['the name is unknown', async () => 'http://parley.invalid', '(DNS)'],
  ['HTTPS is asked of HTTP', async () => `https://${await listen(createHttpServer(page))}`, 'speaks HTTP, not HTTPS'],
  ['HTTP is asked of HTTPS', async () => `http://${await listen(createHttpsServer(pair, page))}`, 'write https://'],
  [
    'a sign-in page answers',
    async () => `http://${await listen(createHttpServer(page))}`,
    'is not a Parley Controller',
  ],
  [
    'a proxy answers',
    async () =>
      `http://${await listen(
        createHttpServer((_, response) => {
          response.writeHead(502, { connection: 'close' }).end('<html>Bad Gateway</html>');
        }),
      )}`,
    'A proxy at 127.0.0.1:',
  ],
  [
    'another program answers',
    async () =>
      `http://${await listen(
        createHttpServer((_, response) => {
          response.writeHead(404, { connection: 'close' }).end('{}');
        }),
      )}`,
    '(HTTP 404)',
  ],
  [
    'it redirects',
    async () =>
      `http://${await listen(
        createHttpServer((_, response) => {
          response.writeHead(301, { location: 'https://parley.example/', connection: 'close' }).end();
        }),
      )}`,
    'redirects to another address',
  ],
])('%s: the sentence says so', async (_, at, words) => {
  await expect(open(await at())).rejects.toMatchObject({
    code: 'controller_unreachable',
    detail: expect.stringContaining(words),
  });
});
