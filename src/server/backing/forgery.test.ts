import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeRegistrant, type Registrant } from '../../controller/testing/registrant.ts';
import { NatsLink } from '../../storage/nats/link.ts';
import { hasNats, type NatsServer, startNats } from '../../storage/nats/testing/nats-server.ts';
import { RawConnection, registerRaw } from '../testing/raw-agent.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';

const helper = 'helper_agent_001';

describe.runIf(hasNats)('whoever may publish at NATS and is no server of the group', () => {
  let folder = '';
  let nats: NatsServer;
  let servers: TestServer[];
  let keys: Registrant;
  let attacker: NatsLink;
  let connection: RawConnection;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-forgery-'));
    keys = await makeRegistrant(helper, 'https://localhost:5001');
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    nats = await startNats();
    const ca = join(folder, `${crypto.randomUUID()}.pem`);
    servers = [];
    for (let at = 0; at < 2; at += 1) servers.push(await startTestServer(['--nats', nats.url, '--ca', ca]));
    await registerRaw(at(0).url, helper, keys);
    connection = new RawConnection(at(0).url);
    await connection.prove(keys, helper, at(0).url);
    await connection.frame('welcome');
    attacker = await NatsLink.open({ urls: nats.url });
  });
  afterEach(async () => {
    connection.socket.terminate();
    await attacker.connection.close();
    for (const server of servers) await server.end();
    await nats.end();
  });

  const at = (index: number): TestServer => {
    const server = servers[index];
    if (server === undefined) throw new TypeError('no server');
    return server;
  };
  const onlineAt = async ({ url }: TestServer) =>
    (await (await fetch(`${url}/controller/agents/${helper}`)).json()).online;
  const forgedAt = async (server: TestServer) =>
    Number(/^parley_forged_records (\d+)$/m.exec(await server.metrics())?.[1]);

  test('ends no line by a claim, new or written again, or by an event', async () => {
    await vi.waitFor(async () => expect(await onlineAt(at(1))).toBe(true), { timeout: 10_000 });
    const claims = await new Kvm(jetstream(attacker.connection)).open('parley_connections');
    const its = (await claims.get(helper))?.value ?? new Uint8Array(0);
    await claims.put(helper, 'elsewhere');
    await claims.put(helper, its);
    await claims.delete(helper);
    attacker.connection.publish(
      'parley.events',
      JSON.stringify({ type: 'certificate_revoked', agentId: helper, id: 'x', at: Date.now() }),
    );
    await vi.waitFor(async () => expect(await forgedAt(at(0))).toBeGreaterThanOrEqual(3), { timeout: 10_000 });
    expect(connection.socket.readyState).toBe(connection.socket.OPEN);
    expect(connection.frames.map(({ type }) => type)).not.toContain('replaced');
    await vi.waitFor(async () => expect(await onlineAt(at(1))).toBe(true), { timeout: 10_000 });
    expect(at(0).log.filter((line) => line.includes('forged_record'))).toHaveLength(1);
  });

  test('registers nobody, and brings no registration under way to its end', async () => {
    const records = await new Kvm(jetstream(attacker.connection)).open('parley_controller');
    const pending = await new Kvm(jetstream(attacker.connection)).open('parley_registrations');
    const id = 'ab'.repeat(32);
    await records.put('agents.mallory_agent_001', JSON.stringify({ agentId: 'mallory_agent_001' }));
    const forged = { id, keyId: id.slice(0, 32), agentId: 'mallory_agent_001', address: 'https://localhost:1' };
    await pending.put(`pending.${forged.keyId}`, JSON.stringify({ ...forged, expiresAt: 1e10 }));
    await vi.waitFor(async () => expect(await forgedAt(at(1))).toBeGreaterThanOrEqual(1), { timeout: 10_000 });
    const confirmed = await fetch(`${at(0).url}/controller/register/${id}/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ challenge_response: Buffer.alloc(32).toString('base64') }),
    });
    expect(confirmed.status).toBe(404);
    for (const server of servers) {
      const listed = await (await fetch(`${server.url}/controller/agents`)).json();
      expect(listed.agents.map((agent: { agent_id: string }) => agent.agent_id)).toEqual([helper]);
      expect((await fetch(`${server.url}/controller/crl`)).status).toBe(200);
    }
  });

  test('sees one question to each server for a page of the directory', async () => {
    const more: RawConnection[] = [];
    for (let count = 0; count < 3; count += 1) {
      const agentId = `other_agent_00${count}`;
      const other = await registerRaw(at(0).url, agentId, await makeRegistrant(agentId, 'https://localhost:5001'));
      const opened = new RawConnection(at(0).url);
      await opened.prove(other, agentId, at(0).url);
      await opened.frame('welcome');
      more.push(opened);
    }
    const page = async () => {
      const { agents } = await (await fetch(`${at(1).url}/controller/agents`)).json();
      return agents.map((agent: { online: boolean }) => agent.online);
    };
    await vi.waitFor(async () => expect(await page()).toEqual([true, true, true, true]), { timeout: 10_000 });
    const questions: string[] = [];
    for (const subject of ['parley.servers.>', 'parley.agents.>']) {
      attacker.connection.subscribe(subject, { callback: (_, message) => void questions.push(message.subject) });
    }
    await attacker.connection.flush();
    expect(await page()).toHaveLength(4);
    await attacker.connection.flush();
    expect(questions).toHaveLength(1);
    for (const { socket } of more) socket.terminate();
  });
});
