import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LineView } from '../../agent/contracts/views.ts';
import { makeRegistrant } from '../../controller/testing/registrant.ts';
import { scheduler } from '../../platform/platform.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { registerRaw } from '../../server/testing/raw-agent.ts';
import { startTestServer, type TestServer } from '../../server/testing/server.ts';
import { SlowProxy } from '../../server/testing/slow-proxy.ts';
import { signRelayClaim } from '../claim.ts';
import { RelayConnection } from '../client/relay-connection.ts';

const helper = 'helper_agent_001';
/** A part of the real times and sizes: a line is dead after two and a half seconds, and 1 MB takes ten at 100 kB/s. */
const heartbeatMs = 1_000;
const slow = 100_000;
const large = 1_000_000;

let proxy: SlowProxy;
let server: TestServer;
let line: RelayConnection;
let views: LineView[];
let served: Uint8Array[];

beforeEach(async () => {
  proxy = await SlowProxy.start();
  server = await startTestServer(['--url', proxy.url], { heartbeatMs });
  proxy.targetPort = server.port;
  const address = `${proxy.url}/agents/${helper}`;
  const keys = await registerRaw(proxy.url, helper, await makeRegistrant(helper, address));
  if (!isAgentId(helper)) throw new TypeError(helper);
  views = [];
  served = [];
  line = new RelayConnection({
    relays: [proxy.url],
    agentId: helper,
    address,
    prove: (challenge) => signRelayClaim(crypto.subtle, keys.signing.privateKey, { agentId: helper, ...challenge }),
    serve: async (request) => {
      const body = new Uint8Array(await request.arrayBuffer());
      served.push(body);
      return new Response(body.length > 10 ? '{}' : new Uint8Array(large).map((_, at) => at % 251), {
        headers: { 'content-type': 'application/json' },
      });
    },
    changed: (view) => views.push(view),
    scheduler,
    now: () => Date.now(),
    chance: () => 0,
  });
  line.open();
  await vi.waitFor(() => expect(line.view.status).toBe('connected'), { timeout: 10_000 });
});
afterEach(async () => {
  line.close();
  proxy.end();
  await server.end();
});

const post = (body: Uint8Array<ArrayBuffer>) =>
  fetch(`http://localhost:${server.port}/agents/${helper}/agent/message`, { method: 'POST', body });

test('a body that takes four times as long as a line may be silent arrives, and the line is not cut', async () => {
  proxy.bytesPerSecond = slow;
  const body = new Uint8Array(large).map((_, at) => at % 249);
  expect((await post(body)).status).toBe(200);
  expect(served).toEqual([body]);
  expect(views.map(({ status }) => status)).toEqual(['connecting', 'connected']);
});

test('an answer that takes four times as long as a line may be silent arrives, and the line is not cut', async () => {
  proxy.bytesPerSecond = slow;
  const answer = await post(new Uint8Array(2));
  expect(answer.status).toBe(200);
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(large).map((_, at) => at % 251));
  expect(views.map(({ status }) => status)).toEqual(['connecting', 'connected']);
});

test('a small message does not wait for a large one, on its way there or back', async () => {
  proxy.bytesPerSecond = slow;
  const order: string[] = [];
  const first = post(new Uint8Array(large)).then(() => order.push('large'));
  await vi.waitFor(async () => expect(await server.metrics()).toContain('under_way 1'), { timeout: 10_000 });
  const second = post(new Uint8Array(20)).then(() => order.push('small'));
  await Promise.all([first, second]);
  expect(order).toEqual(['small', 'large']);
});

test('a line that breaks without a word is made again', async () => {
  proxy.isSilent = true;
  await vi.waitFor(() => expect(line.view.status).toBe('waiting'), { timeout: 15_000 });
  proxy.isSilent = false;
  await vi.waitFor(() => expect(line.view.status).toBe('connected'), { timeout: 15_000 });
});
