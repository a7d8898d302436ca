import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeRegistrant, type Registrant } from '../../controller/testing/registrant.ts';
import { decodeFromRelay } from '../../relay/client/frames.ts';
import { freePort } from '../../storage/nats/testing/free-port.ts';
import { hasNats, type NatsServer, startNats } from '../../storage/nats/testing/nats-server.ts';
import { postJson, RawConnection, registerRaw } from '../testing/raw-agent.ts';
import { operatorToken, startTestServer, type TestServer } from '../testing/server.ts';

const helper = 'helper_agent_001';

describe.runIf(hasNats)('servers of a group whose NATS goes and comes', () => {
  let folder = '';
  let nats: NatsServer;
  let servers: TestServer[];
  let keys: Registrant;
  const connections: RawConnection[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-outage-'));
    keys = await makeRegistrant(helper, 'https://localhost:5001');
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    nats = await startNats();
    const ca = join(folder, `${crypto.randomUUID()}.pem`);
    const ports = [await freePort(), await freePort()];
    const relays = ports.map((port) => `http://localhost:${port}`).join();
    servers = [];
    for (const port of ports) {
      const flags = ['--port', String(port), '--relays', relays, '--nats', nats.url, '--ca', ca];
      servers.push(await startTestServer(flags, { graceMs: 20_000 }));
    }
  });
  afterEach(async () => {
    for (const { socket } of connections.splice(0)) socket.terminate();
    for (const server of servers) await server.end();
    await nats.end();
  });

  const at = (index: number): TestServer => {
    const server = servers[index];
    if (server === undefined) throw new TypeError('no server');
    return server;
  };
  const session = (server: TestServer) => `${server.url}/agents/${helper}/agent/session/abc`;
  const readiness = async ({ url }: TestServer) => {
    const answer = await fetch(`${url}/readyz`);
    return `${answer.status} ${await answer.text()}`;
  };
  /** An agent's connection that answers every request with `status`, or leaves it unanswered. */
  async function connect(server: TestServer, status?: number): Promise<RawConnection> {
    const connection = new RawConnection(server.url);
    connections.push(connection);
    await connection.prove(keys, helper, server.url);
    await connection.frame('welcome');
    connection.socket.on('message', (data: unknown) => {
      const { header } = decodeFromRelay(data);
      if (header.type !== 'request' || status === undefined) return;
      connection.send({ type: 'answer', id: header.id, status, headers: [] });
    });
    return connection;
  }
  const revoke = (server: TestServer) =>
    postJson(
      `${server.url}/controller/revoke`,
      { agent_id: helper, reason: 'keyCompromise', timestamp: Math.floor(Date.now() / 1000) },
      { authorization: `Bearer ${operatorToken}` },
    );
  const statusAt = async ({ url }: TestServer) =>
    (await (await fetch(`${url}/controller/agents/${helper}`)).json()).status;

  test('fail what is under way at once, say that they are not ready, and log the outage', async () => {
    const [first, second] = [at(0), at(1)];
    await registerRaw(first.url, helper, keys);
    const connection = await connect(second);
    await vi.waitFor(
      async () => {
        const { online } = await (await fetch(`${first.url}/controller/agents/${helper}`)).json();
        expect(online).toBe(true);
      },
      { timeout: 10_000 },
    );
    const asked = fetch(session(first));
    await connection.frame('request');
    const broken = performance.now();
    await nats.kill();
    expect((await asked).status).toBe(502);
    // What NATS's client gives up by itself takes more than a minute.
    expect(performance.now() - broken).toBeLessThan(30_000);
    expect(await readiness(first)).toMatch(/^503 not ready: This server cannot reach the records/);
    await nats.again();
    for (const server of [first, second]) {
      await vi.waitFor(async () => expect(await readiness(server)).toBe('200 ready'), { timeout: 10_000 });
      expect(server.log.filter((line) => line.includes('nats_'))).toEqual([
        'error nats_lost {}',
        expect.stringMatching(/^info nats_back \{"outage_seconds":\d/),
      ]);
    }
  });

  test('wait for an agent that comes back to another of them', async () => {
    const [first, second] = [at(0), at(1)];
    await registerRaw(first.url, helper, keys);
    const before = await connect(second, 204);
    await vi.waitFor(async () => expect((await fetch(session(first))).status).toBe(204), { timeout: 10_000 });
    before.socket.close();
    await vi.waitFor(
      async () => {
        const { online } = await (await fetch(`${first.url}/controller/agents/${helper}`)).json();
        expect(online).toBe(false);
      },
      { timeout: 10_000 },
    );
    const asked = fetch(session(first));
    await connect(second, 204);
    expect((await asked).status).toBe(204);
  });

  test('do a revocation as a whole or not at all, and say at once that it was not done', async () => {
    const [first, second] = [at(0), at(1)];
    await registerRaw(first.url, helper, keys);
    const connection = await connect(second, 204);
    await nats.kill();
    await vi.waitFor(async () => expect(await readiness(first)).toMatch(/^503/), { timeout: 10_000 });
    const asked = performance.now();
    const refused = await revoke(first);
    expect(performance.now() - asked).toBeLessThan(30_000);
    expect(refused.status).toBe(503);
    expect((await refused.json()).detail).toMatch(/as a whole or not at all: try again/);
    await nats.again();
    for (const server of servers) {
      await vi.waitFor(async () => expect(await statusAt(server)).toBe('active'), { timeout: 10_000 });
    }
    expect(connection.socket.readyState).toBe(connection.socket.OPEN);
    expect((await revoke(second)).status).toBe(200);
    expect(await connection.closed).toBe(4003);
    await vi.waitFor(async () => expect(await statusAt(first)).toBe('revoked'), { timeout: 10_000 });
  });

  test('tell what was revoked elsewhere while one of them had no NATS', async () => {
    // Both lose NATS together here; the record is written by the first before the second is back.
    const [first, second] = [at(0), at(1)];
    await registerRaw(first.url, helper, keys);
    const connection = await connect(second, 204);
    await nats.again();
    await vi.waitFor(async () => expect((await revoke(first)).status).toBe(200), { timeout: 10_000 });
    expect(await connection.closed).toBe(4003);
  });
});
