import { afterEach, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { DeliveryNotice } from '../../agent/contracts/notices.ts';
import { scheduler } from '../../platform/platform.ts';
import { noticeLines } from '../../server/notice-lines.ts';
import { LineNotices } from './connection-events.ts';
import { decodeFromRelay, encodeFrame, withParts } from './frames.ts';
import { RelayConnection } from './relay-connection.ts';

const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});
const groupId = 'ab'.repeat(16);

/** The frame by which a server tells an agent of its lines a notice. */
function frameOf(notice: DeliveryNotice): Uint8Array<ArrayBuffer> {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  const lines = noticeLines({ has: () => true, notice: (_, frame) => frames.push(frame) });
  lines.tell('helper_agent_001', { type: 'notice', ...notice });
  const [frame] = frames;
  if (frame === undefined) throw new TypeError('no frame');
  return frame;
}

/** What hears of a line whose relay speaks `subprotocol` and sends `frame` after its welcome. */
async function heardOn(subprotocol: string, frame: Uint8Array): Promise<unknown[]> {
  const server = new WebSocketServer({ port: 0, host: 'localhost', handleProtocols: () => subprotocol });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket: WebSocket) => {
    socket.send(encodeFrame({ type: 'welcome', heartbeat_ms: 15_000 }));
    socket.send(frame);
  });
  const at = server.address();
  const heard: unknown[] = [];
  const notices = new LineNotices();
  notices.follow({ noticed: (notice) => heard.push(notice), began: (hasNotices) => heard.push(hasNotices) });
  const line = new RelayConnection({
    relays: [`http://localhost:${typeof at === 'object' ? at?.port : ''}`],
    agentId: 'helper_agent_001',
    address: 'https://localhost:5001',
    prove: async () => new Uint8Array(0),
    serve: async () => new Response('{}'),
    changed: () => undefined,
    notices,
    scheduler,
    now: () => Date.now(),
    chance: () => 0,
  });
  line.open();
  ending.push(() => {
    line.close();
    server.close();
  });
  return heard;
}

test('a notice on the line is heard as the relay sent it, after the connection began', async () => {
  const notice: DeliveryNotice = { inbox: 2, groups: [[groupId, 7]] };
  expect(decodeFromRelay(frameOf(notice).buffer).header).toEqual({ type: 'notice', ...notice });
  const heard = await heardOn(withParts, frameOf(notice));
  await vi.waitFor(() => expect(heard).toEqual([true, notice]), { timeout: 10_000 });
});

test('a relay of before carries no notices, and a follower that comes later is told so', async () => {
  const heard = await heardOn('parley-relay.1', encodeFrame({ type: 'ping' }));
  await vi.waitFor(() => expect(heard).toEqual([false]), { timeout: 10_000 });
  const notices = new LineNotices();
  notices.began(false);
  const later: boolean[] = [];
  notices.follow({ noticed: () => undefined, began: (hasNotices) => later.push(hasNotices) })();
  notices.began(true);
  expect(later).toEqual([false]);
});

test.each([
  { inbox: -1, groups: [] },
  { inbox: 1.5, groups: [] },
  { groups: [] },
  { inbox: 1, groups: [['none', 1]] },
  { inbox: 1, groups: [[groupId, 1, 2]] },
  { inbox: 1, groups: Array.from({ length: 401 }, () => [groupId, 1]) },
])('what is no notice is no frame: %j', (said) => {
  const json = new TextEncoder().encode(JSON.stringify({ type: 'notice', ...said }));
  const frame = new Uint8Array(4 + json.length);
  new DataView(frame.buffer).setUint32(0, json.length);
  frame.set(json, 4);
  expect(() => decodeFromRelay(frame.buffer)).toThrow(expect.objectContaining({ code: 'malformed_message' }));
});
