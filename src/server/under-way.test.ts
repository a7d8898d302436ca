import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Agent, ParleyError } from '../library/node.ts';
import { freePort } from '../storage/nats/testing/free-port.ts';
import { hasNats, type NatsServer, startNats } from '../storage/nats/testing/nats-server.ts';
import { startTestServer, type TestServer } from './testing/server.ts';
import { ServerProcess } from './testing/server-process.ts';

const helper = 'helper_agent_001';
const asking = 'asking_agent_001';
const patience = { timeout: 90_000, interval: 300 };

/** What the sender posts to its peer, in order: the two messages of the handshake, and the request. */
const posts = [
  { name: 'CLIENT_HELLO', path: '/agent/handshake', nth: 1 },
  { name: 'CLIENT_CONFIRM', path: '/agent/handshake', nth: 2 },
  { name: 'the request', path: '/agent/message', nth: 1 },
] as const;
const moments = posts.flatMap((post) => [
  { ...post, moment: `before ${post.name} goes out`, isAnswerLost: false },
  { ...post, moment: `after ${post.name} was answered, and the answer is lost`, isAnswerLost: true },
]);

let folder: string;
const open = new Set<Agent>();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-under-way-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all([...open].map((agent) => agent.close()));
  open.clear();
  await rm(folder, { recursive: true });
});

/** How often each number was counted by the helper. */
async function openAgents(ofHelper: string, ofAsking: string) {
  const ran: number[] = [];
  const count = (parameters: unknown) => {
    ran.push(Number(parameters));
    return { counted: Number(parameters) };
  };
  const peer = await Agent.open({ id: helper, server: ofHelper, folder: join(folder, helper), methods: { count } });
  open.add(peer);
  const agent = await Agent.open({ id: asking, server: ofAsking, folder: join(folder, asking) });
  open.add(agent);
  return { agent, ran };
}

/** Breaks something once, at a moment of what the sender posts to its peer. Returns whether that moment has come. */
function breakAt({ path, nth, isAnswerLost }: (typeof moments)[number], breakIt: () => Promise<void>): () => boolean {
  const { fetch } = globalThis;
  let posted = 0;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    if (!url.pathname.endsWith(`/${helper}${path}`)) return fetch(input, init);
    posted += 1;
    if (posted !== nth) return fetch(input, init);
    if (isAnswerLost) await (await fetch(input, init)).arrayBuffer();
    await breakIt();
    throw new TypeError('fetch failed');
  });
  return () => posted >= nth;
}

/** One request through what breaks: the sender is told one thing, and the same request asked for again ran once. */
async function expectOneOutcome(agent: Agent, ran: readonly number[], number: number): Promise<void> {
  const requestId = `req_${number.toString(16).padStart(32, '0')}`;
  const ask = () => agent.send(helper, 'count', number, { requestId });
  const outcome = await ask().catch((error: unknown) => error);
  if (outcome instanceof ParleyError) {
    expect(['peer_unreachable', 'answer_timeout', 'controller_unreachable', 'unavailable']).toContain(outcome.code);
  } else {
    expect(outcome).toEqual({ counted: number });
  }
  await vi.waitFor(async () => expect(await ask()).toEqual({ counted: number }), patience);
  expect(ran).toEqual([number]);
}

describe('a server that is killed and started again', () => {
  test.each(moments)('$moment', async (moment) => {
    const server = await ServerProcess.start(await freePort(), join(folder, 'server'));
    try {
      const { agent, ran } = await openAgents(server.url, server.url);
      let started: Promise<void> | undefined;
      const isBroken = breakAt(moment, async () => {
        await server.kill();
        started = server.start();
      });
      await expectOneOutcome(agent, ran, 7);
      expect(isBroken()).toBe(true);
      await started;
    } finally {
      await Promise.all([...open].map((agent) => agent.close()));
      open.clear();
      await server.kill();
    }
  });
});

describe.runIf(hasNats)('NATS that is killed and started again between two servers', () => {
  test.each(moments)('$moment', async (moment) => {
    const nats: NatsServer = await startNats();
    const servers: TestServer[] = [];
    try {
      const ports = [await freePort(), await freePort()];
      const relays = ports.map((port) => `http://localhost:${port}`).join();
      for (const port of ports) {
        const flags = ['--port', String(port), '--relays', relays, '--nats', nats.url, '--ca', join(folder, 'ca.pem')];
        servers.push(await startTestServer(flags, { graceMs: 3_000 }));
      }
      const [first = '', second = ''] = servers.map(({ url }) => url);
      const { agent, ran } = await openAgents(first, second);
      let again: Promise<unknown> | undefined;
      const isBroken = breakAt(moment, async () => {
        await nats.kill();
        again = nats.again();
      });
      await expectOneOutcome(agent, ran, 8);
      expect(isBroken()).toBe(true);
      await again;
    } finally {
      await Promise.all([...open].map((agent) => agent.close()));
      open.clear();
      for (const server of servers) await server.end();
      await nats.end();
    }
  });
});
