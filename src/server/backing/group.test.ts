import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { decodeFromRelay } from '../../relay/client/frames.ts';
import { NatsLink } from '../../storage/nats/link.ts';
import { freePort } from '../../storage/nats/testing/free-port.ts';
import { hasNats, type NatsServer, startNats } from '../../storage/nats/testing/nats-server.ts';
import { RawConnection, registerRaw } from '../testing/raw-agent.ts';
import { operatorToken, startTestServer, type TestServer } from '../testing/server.ts';
import { openSecondLine, openTab, type TestTab } from '../testing/tab.ts';

describe.runIf(hasNats)('two servers that share their agents over NATS', () => {
  let nats: NatsServer;
  let ca = '';
  let folder = '';
  let servers: TestServer[];
  let tabs: TestTab[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-group-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    nats = await startNats();
    tabs = [];
    ca = join(folder, `${crypto.randomUUID()}.pem`);
    const ports = [await freePort(), await freePort()];
    const relays = ports.map((port) => `http://localhost:${port}`).join();
    servers = [];
    for (const port of ports) {
      const flags = ['--port', String(port), '--relays', relays, '--nats', nats.url, '--ca', ca];
      servers.push(await startTestServer(flags));
    }
  });
  afterEach(async () => {
    for (const tab of tabs) tab.close();
    for (const server of servers) await server.end();
    await nats.end();
  });

  const urls = () => servers.map(({ url }) => url);
  async function open(agentId: string, relays = urls()) {
    const tab = await openTab(agentId, relays);
    tabs.push(tab);
    return tab;
  }
  const note = (tab: TestTab, peerId: string, parameters: JsonValue) =>
    tab.agent.send({ peerId, method: 'note', parameters });

  test('agents on different servers talk in both directions, and see each other in the directory', async () => {
    const traveller = await open('traveller_agent_001');
    const helper = await open('helper_agent_001', urls().toReversed());
    expect(traveller.hosted.line?.relay).not.toBe(helper.hosted.line?.relay);
    await vi.waitFor(async () => expect((await traveller.agent.peers())[0]).toMatchObject({ online: true }), {
      timeout: 10_000,
    });
    expect((await note(traveller, 'helper_agent_001', 'one')).status).toBe('success');
    expect((await note(helper, 'traveller_agent_001', 'two')).status).toBe('success');
    expect([helper.ran, traveller.ran]).toEqual([['one'], ['two']]);
    const large = 'x'.repeat(5_000_000);
    expect((await note(traveller, 'helper_agent_001', large)).status).toBe('success');
    expect(helper.ran.at(-1)).toBe(large);
  });

  test('one is ended, its agents go on at the other, and nothing is lost or runs twice', async () => {
    const traveller = await open('traveller_agent_001');
    const helper = await open('helper_agent_001', urls().toReversed());
    await note(traveller, 'helper_agent_001', 1);
    await servers[0]?.close();
    expect((await note(traveller, 'helper_agent_001', 2)).status).toBe('success');
    expect((await note(helper, 'traveller_agent_001', 3)).status).toBe('success');
    expect(traveller.hosted.line?.relay).toBe(servers[1]?.url);
    expect([helper.ran, traveller.ran]).toEqual([[1, 2], [3]]);
  });

  test('an agent that connects elsewhere is served there alone', async () => {
    const helper = await open('helper_agent_001');
    const [first, second] = urls();
    if (first === undefined || second === undefined) throw new TypeError('servers');
    const again = await openSecondLine(helper, second, '{"from":"the newer one"}');
    await vi.waitFor(() => expect(helper.hosted.line?.status).toBe('replaced'), { timeout: 10_000 });
    for (const base of [first, second]) {
      const answer = await fetch(`${base}/agents/helper_agent_001/agent/session/abc`);
      expect(await answer.text()).toBe('{"from":"the newer one"}');
    }
    again.close();
  });

  test('an agent that has moved is not asked where its old connection hangs', async () => {
    const [first, second] = urls();
    if (first === undefined || second === undefined) throw new TypeError('servers');
    const keys = await registerRaw(first, 'helper_agent_001');
    const hanging = new RawConnection(first);
    await hanging.prove(keys, 'helper_agent_001', first);
    await hanging.frame('welcome');
    hanging.socket.pause();
    const newer = new RawConnection(second);
    await newer.prove(keys, 'helper_agent_001', second);
    await newer.frame('welcome');
    newer.socket.on('message', (data: unknown) => {
      const { header } = decodeFromRelay(data);
      if (header.type === 'request') newer.send({ type: 'answer', id: header.id, status: 204, headers: [] });
    });
    // Once the first server has heard of it, every request comes to the newer connection at once.
    await vi.waitFor(async () => expect(await servers[0]?.metrics()).toContain('agents_connected 0'), {
      timeout: 10_000,
    });
    const asked = await Promise.all(
      [first, second, first, second].map((base) => fetch(`${base}/agents/helper_agent_001/agent/session/abc`)),
    );
    expect(asked.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    hanging.socket.terminate();
    newer.socket.close();
  });

  test('an agent that leaves is noted by the server that it was connected to, and by no other', async () => {
    const [first, second] = urls();
    if (first === undefined || second === undefined) throw new TypeError('servers');
    const keys = await registerRaw(first, 'helper_agent_001');
    const listening = new AbortController();
    const events = await fetch(`${second}/controller/events`, { signal: listening.signal });
    const line = new RawConnection(first);
    await line.prove(keys, 'helper_agent_001', first);
    await line.frame('welcome');
    line.socket.close();
    await line.closed;
    // What the second server notes by its own events, it has noted when it tells of them.
    let told = '';
    for await (const part of events.body ?? []) {
      told += new TextDecoder().decode(part);
      if (told.includes('agent_offline')) break;
    }
    listening.abort();
    const noted = servers.map(({ log }) => log.filter((entry) => entry.includes('agent_disconnected')).length);
    expect(noted).toEqual([1, 0]);
    for (const server of servers) await server.close();
    const watching = await NatsLink.open({ urls: nats.url });
    const seen = await (await jetstreamManager(watching.connection)).streams.info('KV_parley_seen');
    await watching.connection.close();
    // Connected, and disconnected: in one write or in two.
    expect(seen.state.last_seq).toBeLessThanOrEqual(2);
    expect(seen.state.last_seq).toBeGreaterThan(0);
  });

  test('a revocation at one ends the connection of the revoked and the sessions of its peers at the other', async () => {
    const traveller = await open('traveller_agent_001');
    const helper = await open('helper_agent_001', urls().toReversed());
    await note(traveller, 'helper_agent_001', 1);
    await fetch(`${urls()[0]}/controller/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operatorToken}` },
      body: JSON.stringify({
        agent_id: 'helper_agent_001',
        reason: 'keyCompromise',
        timestamp: Math.floor(Date.now() / 1000),
      }),
    });
    await vi.waitFor(() => expect(helper.hosted.line?.status).toBe('refused'), { timeout: 10_000 });
    await vi.waitFor(() => expect(traveller.agent.snapshot().sessions[0]).toMatchObject({ status: 'CLOSED' }), {
      timeout: 10_000,
    });
  });

  test('an agent that is connected nowhere is said to be so', async () => {
    const answer = await fetch(`${urls()[0]}/agents/helper_agent_001/agent/session/abc`);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'peer_unreachable' });
  });

  test('the page for operators names every bucket that a new CA needs deleted', async () => {
    const watching = await NatsLink.open({ urls: nats.url });
    const buckets: string[] = [];
    for await (const { config } of (await jetstreamManager(watching.connection)).streams.list()) {
      buckets.push(config.name.replace(/^KV_/, ''));
    }
    await watching.connection.close();
    const page = await readFile('docs/server.md', 'utf8');
    const [, named = ''] = /delete the\s+buckets (.*?)\.\)/s.exec(page) ?? [];
    expect([...named.matchAll(/`(\w+)`/g)].map(([, name]) => name).toSorted()).toEqual(buckets.toSorted());
  });

  test('a server that lacks the group’s CA does not start, and says what to copy', async () => {
    const alone = join(folder, 'alone.pem');
    await expect(startTestServer(['--nats', nats.url, '--ca', alone])).rejects.toThrow(/Copy the CA file/);
    await copyFile(ca, alone);
    const third = await startTestServer(['--nats', nats.url, '--ca', alone]);
    await third.end();
  });
});
