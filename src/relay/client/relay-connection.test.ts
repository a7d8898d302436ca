import { afterEach, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LineView } from '../../agent/contracts/views.ts';
import { scheduler } from '../../platform/platform.ts';
import { encodeFrame } from './frames.ts';
import { RelayConnection } from './relay-connection.ts';

const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

/** What a line shows whose relay says `code` to its first connection and welcomes the second. */
async function lineToldFirst(code: string): Promise<LineView[]> {
  const server = new WebSocketServer({ port: 0, host: 'localhost' });
  await new Promise((resolve) => server.once('listening', resolve));
  let connections = 0;
  server.on('connection', (socket: WebSocket) => {
    connections += 1;
    if (connections > 1) socket.send(encodeFrame({ type: 'welcome', heartbeat_ms: 15_000 }));
    else socket.send(encodeFrame({ type: 'refused', code, detail: 'as the relay says' }));
  });
  const at = server.address();
  const views: LineView[] = [];
  const line = new RelayConnection({
    relays: [`http://localhost:${typeof at === 'object' ? at?.port : ''}`],
    agentId: 'helper_agent_001',
    address: 'https://localhost:5001',
    prove: async () => new Uint8Array(0),
    serve: async () => new Response('{}'),
    changed: (view) => views.push(view),
    scheduler,
    now: () => Date.now(),
    chance: () => 0,
  });
  line.open();
  ending.push(() => {
    line.close();
    server.close();
  });
  return views;
}

test.each(['storage_failed', 'internal_error', 'rate_limited', 'malformed_message', 'a_code_of_a_later_version'])(
  'a relay that refuses with %s is asked again',
  async (code) => {
    const views = await lineToldFirst(code);
    await vi.waitFor(() => expect(views.at(-1)).toMatchObject({ status: 'connected' }), { timeout: 10_000 });
    expect(views.map(({ status }) => status)).not.toContain('refused');
  },
);

test.each(['certificate_revoked', 'unknown_agent', 'signature_invalid'])(
  'a relay that refuses with %s is not asked again: nothing of that changes by itself',
  async (code) => {
    const views = await lineToldFirst(code);
    await vi.waitFor(() => expect(views.at(-1)).toMatchObject({ status: 'refused', detail: 'as the relay says' }), {
      timeout: 10_000,
    });
  },
);
