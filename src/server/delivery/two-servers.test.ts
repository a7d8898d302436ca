import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Registrant } from '../../controller/testing/registrant.ts';
import { newId, privateMessage, welcomeMessage } from '../../delivery/testing/delivery-world.ts';
import { entriesAnswer, inboxAnswer } from '../../group/wire/delivery-answers.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { freePort } from '../../storage/nats/testing/free-port.ts';
import { hasNats, type NatsServer, startNats } from '../../storage/nats/testing/nats-server.ts';
import { DeliveryClient } from '../testing/delivery-client.ts';
import { registerRaw } from '../testing/raw-agent.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';

const members = ['helper_agent_001', 'traveller_agent_001'];

/** Gathers what a stream of events says. */
function noticesOf({ body }: Response): { readonly text: string; stop(): Promise<void> } {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  const read = async () => {
    for (;;) {
      const part = await reader?.read();
      if (part?.value === undefined) return;
      text += decoder.decode(part.value, { stream: true });
    }
  };
  void read();
  return {
    get text() {
      return text;
    },
    stop: async () => reader?.cancel(),
  };
}

describe.runIf(hasNats)('the delivery service of two servers over NATS', () => {
  let folder = '';
  let nats: NatsServer;
  const servers: TestServer[] = [];
  let [helper, traveller]: (Registrant | undefined)[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-delivery-'));
    nats = await startNats();
    const ports = [await freePort(), await freePort()];
    const relays = ports.map((port) => `http://localhost:${port}`).join();
    for (const port of ports) {
      const flags = ['--port', String(port), '--relays', relays, '--nats', nats.url, '--ca', join(folder, 'ca.pem')];
      servers.push(await startTestServer(flags));
    }
    [helper, traveller] = await Promise.all(members.map((id) => registerRaw(at(0).url, id)));
  });
  afterAll(async () => {
    for (const server of servers) await server.end();
    await nats.end();
    await rm(folder, { recursive: true });
  });
  const at = (index: number): TestServer => {
    const server = servers[index];
    if (server === undefined) throw new TypeError('no server');
    return server;
  };
  const clientAt = (index: number, agent: Registrant | undefined) => {
    if (agent === undefined) throw new TypeError('no agent');
    return DeliveryClient.open(at(index).url, agent);
  };
  const append = (client: DeliveryClient, groupId: string, more: object) =>
    client.call('POST', `/groups/${groupId}/entries`, { entry_id: newId(), ...more });

  test('takes of two commits with one `after` one, hands out the same log, and tells agents at either what is new', async () => {
    const [one, other] = [await clientAt(0, traveller), await clientAt(1, helper)];
    const heard = noticesOf(await other.call('GET', '/events'));
    const groupId = newId();
    const made = await append(one, groupId, {
      kind: 'commit',
      after: -1,
      message: encodeBase64(privateMessage(groupId, 'commit')),
      members,
      admins: members,
      welcome: { message: encodeBase64(welcomeMessage()), to: ['helper_agent_001'] },
    });
    expect(made.status).toBe(201);
    await vi.waitFor(() => expect(heard.text).toContain('"inbox":1'), { timeout: 10_000 });
    const inbox = v.parse(inboxAnswer, await (await other.call('GET', '/inbox?from=0')).json());
    expect(inbox.items).toMatchObject([{ index: 0, group_id: groupId, entry: 0, from: 'traveller_agent_001' }]);
    expect((await other.call('POST', `/groups/${groupId}/read`, { index: 0 })).status).toBe(200);

    const commit = () => ({ kind: 'commit', after: 0, message: encodeBase64(privateMessage(groupId, 'commit')) });
    const rivals = await Promise.all([one, other].map((client) => append(client, groupId, commit())));
    expect(rivals.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const said = { kind: 'message', after: 1, message: encodeBase64(privateMessage(groupId, 'application')) };
    expect((await append(one, groupId, said)).status).toBe(201);
    await vi.waitFor(() => expect(heard.text).toContain(`[["${groupId}",2]]`), { timeout: 10_000 });
    const logs = await Promise.all(
      [one, other].map(async (client) =>
        v.parse(entriesAnswer, await (await client.call('GET', `/groups/${groupId}/entries?from=0`)).json()),
      ),
    );
    expect(logs[0]).toEqual(logs[1]);
    expect(logs[0]?.entries.map(({ kind }) => kind)).toEqual(['commit', 'commit', 'message']);
    await heard.stop();
  });
});
