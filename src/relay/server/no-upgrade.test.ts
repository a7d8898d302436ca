import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LineView } from '../../agent/contracts/views.ts';
import { scheduler } from '../../platform/platform.ts';
import { startTestServer, type TestServer } from '../../server/testing/server.ts';
import { openTab } from '../../server/testing/tab.ts';
import { RelayConnection } from '../client/relay-connection.ts';

/** Time passes twenty times as fast: a connection that nobody greets is given up after half a second. */
const fast = { after: (ms: number, task: () => void) => scheduler.after(ms / 20, task) };

const sockets = new Set<Socket>();
let server: TestServer;
let proxy: Server;
let proxyUrl: string;
/** What the proxy does with an upgrade: drops the header and asks for a page, says nothing at all, or passes it. */
let upgrades: 'stripped' | 'swallowed' | 'passed';

beforeEach(async () => {
  upgrades = 'stripped';
  proxy = createServer(pass);
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  proxy.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    if (upgrades === 'swallowed') return;
    if (upgrades === 'stripped') {
      socket.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\n\r\n');
      return;
    }
    const far = connect(server.port, 'localhost', () => {
      const lines = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${String(value)}`);
      far.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.pipe(far).pipe(socket);
    });
    far.on('error', () => socket.destroy());
    socket.once('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, 'localhost', resolve));
  const at = proxy.address();
  proxyUrl = `http://localhost:${typeof at === 'object' ? at?.port : 0}`;
  server = await startTestServer(['--url', proxyUrl]);
});
afterEach(async () => {
  const closed = new Promise<void>((resolve) => proxy.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await server.end();
  await closed;
});

function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const far = request(
    `http://localhost:${server.port}${incoming.url}`,
    { method: incoming.method, headers: incoming.headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  far.on('error', () => outgoing.destroy());
  incoming.pipe(far);
}

function open(relay: string): { readonly line: RelayConnection; readonly views: LineView[] } {
  const views: LineView[] = [];
  const line = new RelayConnection({
    relays: [relay],
    agentId: 'helper_agent_001',
    address: `${relay}/agents/helper_agent_001`,
    prove: async () => new Uint8Array(0),
    serve: async () => new Response('{}'),
    changed: (view) => views.push(view),
    scheduler: fast,
    now: () => Date.now(),
    chance: () => 0,
  });
  line.open();
  return { line, views };
}

test.each(['stripped', 'swallowed'] as const)(
  'where upgrades are %s on the way, the line says that WebSockets do not pass, and goes on trying',
  async (how) => {
    upgrades = how;
    const { line, views } = open(proxyUrl);
    await vi.waitFor(() => expect(line.view).toMatchObject({ status: 'waiting', reason: 'no_websocket' }), {
      timeout: 15_000,
    });
    const tries = views.length;
    await vi.waitFor(() => expect(views.length).toBeGreaterThan(tries + 2), { timeout: 15_000 });
    expect(views.slice(tries).every((view) => 'reason' in view)).toBe(true);
    line.close();
  },
);

test('a relay that is not there is not said to be behind something', async () => {
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, 'localhost', resolve));
  const at = nobody.address();
  const url = `http://localhost:${typeof at === 'object' ? at?.port : 0}`;
  await new Promise<void>((resolve) => nobody.close(() => resolve()));
  const { line, views } = open(url);
  await vi.waitFor(() => expect(views.length).toBeGreaterThan(8), { timeout: 15_000 });
  expect(views.some((view) => 'reason' in view)).toBe(false);
  line.close();
});

test('an agent that cannot be reached so can still send, at once, and is reachable once WebSockets pass', async () => {
  upgrades = 'passed';
  const helper = await openTab('helper_agent_001', [proxyUrl]);
  upgrades = 'stripped';
  const traveller = await openTab('traveller_agent_001', [proxyUrl]);
  await vi.waitFor(() => expect(traveller.hosted.line).toMatchObject({ reason: 'no_websocket' }), { timeout: 15_000 });
  const sent = await traveller.agent.send({ peerId: 'helper_agent_001', method: 'note', parameters: 1 });
  expect(sent.status).toBe('success');
  upgrades = 'passed';
  traveller.hosted.networkIsBack();
  await vi.waitFor(() => expect(traveller.hosted.line).toMatchObject({ status: 'connected' }), { timeout: 20_000 });
  helper.close();
  traveller.close();
});
