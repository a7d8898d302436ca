import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Registrant } from '../controller/testing/registrant.ts';
import { newId, privateMessage, welcomeMessage } from '../delivery/testing/delivery-world.ts';
import { entriesAnswer, inboxAnswer } from '../group/wire/delivery-answers.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { backUp } from './backup/back-up.ts';
import { restore } from './backup/restore.ts';
import { DeliveryClient } from './testing/delivery-client.ts';
import { registerRaw } from './testing/raw-agent.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

let folder: string;
let data: string;
let server: TestServer;
let helper: Registrant;
let traveller: Registrant;
const port = () => String(server.port);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-delivery-'));
  data = join(folder, 'server');
  server = await startTestServer([], {}, data);
  [helper, traveller] = await Promise.all([
    registerRaw(server.url, 'helper_agent_001'),
    registerRaw(server.url, 'traveller_agent_001'),
  ]);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});
const members = ['helper_agent_001', 'traveller_agent_001'];

async function makeGroup(agent: DeliveryClient): Promise<string> {
  const groupId = newId();
  const made = await agent.call('POST', `/groups/${groupId}/entries`, {
    entry_id: newId(),
    kind: 'commit',
    after: -1,
    message: encodeBase64(privateMessage(groupId, 'commit')),
    members,
    admins: ['traveller_agent_001'],
    welcome: { message: encodeBase64(welcomeMessage()), to: ['helper_agent_001'] },
  });
  expect(made.status).toBe(201);
  return groupId;
}

const entriesOf = async (agent: DeliveryClient, groupId: string) =>
  v.parse(entriesAnswer, await (await agent.call('GET', `/groups/${groupId}/entries?from=0`)).json());

test('KeyPackages are checked against the certificate of the agent that leaves them, and given to others', async () => {
  const [one, other] = [
    await DeliveryClient.open(server.url, helper),
    await DeliveryClient.open(server.url, traveller),
  ];
  const mine = await one.keyPackage();
  const stored = await one.call('PUT', '/key-packages', { one_time: [mine] });
  expect([stored.status, await stored.json()]).toEqual([200, { remaining: 1 }]);
  const garbage = encodeBase64(Uint8Array.of(0, 1, 0, 5, 7));
  for (const wrong of [garbage, await other.keyPackage(), await one.keyPackage('traveller_agent_001')]) {
    const refused = await one.call('PUT', '/key-packages', { one_time: [await one.keyPackage(), wrong] });
    expect([refused.status, (await refused.json()).code]).toEqual([400, 'malformed_message']);
  }
  const taken = await other.call('POST', '/key-packages/helper_agent_001/take');
  expect(await taken.json()).toEqual({ key_package: mine, last_resort: false });
  expect((await other.call('POST', '/key-packages/helper_agent_001/take')).status).toBe(404);
});

test('a group, its entries and Welcomes are there after a restart, and in a backup', async () => {
  const groupId = await makeGroup(await DeliveryClient.open(server.url, traveller));
  const before = await entriesOf(await DeliveryClient.open(server.url, helper), groupId);
  const [ca, file] = [join(data, 'ca.pem'), join(folder, 'a.backup')];
  const early = await DeliveryClient.open(server.url, helper);
  await early.call('PUT', '/key-packages', { one_time: [await early.keyPackage()] });
  await backUp({ data, ca, file });
  const name = server.url;
  const restart = async () => {
    server = await startTestServer([`--url=${name}`], {}, data);
    return DeliveryClient.open(`http://localhost:${port()}`, helper, name);
  };
  await server.close();
  expect(await entriesOf(await restart(), groupId)).toEqual(before);
  await server.close();
  await restore({ data, ca, file, replace: true });
  const again = await restart();
  expect(await entriesOf(again, groupId)).toEqual(before);
  // What may have been given to somebody since the backup is given to nobody again.
  expect(await (await again.call('PUT', '/key-packages', { one_time: [] })).json()).toEqual({ remaining: 0 });
  const { items } = v.parse(inboxAnswer, await (await again.call('GET', '/inbox')).json());
  expect(items.map(({ group_id }) => group_id)).toContain(groupId);
});

test('who has no token sends no large body, and what is too large is refused with one', async () => {
  const base = `http://localhost:${port()}/delivery`;
  const body = JSON.stringify({ entry_id: newId() }).padEnd(4 * 1_024 * 1_024);
  const path = `/groups/${newId()}/entries`;
  expect((await fetch(base + path, { method: 'POST', body })).status).toBe(401);
  expect((await fetch(`${base}/token`, { method: 'POST', body: ' '.repeat(16 * 1_024 + 1) })).status).toBe(413);
});

test('a stream of events tells a member that has read what is new', async () => {
  const base = `http://localhost:${port()}`;
  const [one, other] = [
    await DeliveryClient.open(base, helper, server.url),
    await DeliveryClient.open(base, traveller, server.url),
  ];
  const groupId = await makeGroup(other);
  await one.call('POST', `/groups/${groupId}/read`, { index: 0 });
  const stream = await one.call('GET', '/events');
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  await other.call('POST', `/groups/${groupId}/entries`, {
    entry_id: newId(),
    kind: 'message',
    after: 0,
    message: encodeBase64(privateMessage(groupId)),
  });
  let heard = '';
  while (!heard.includes(groupId)) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) throw new TypeError(`The stream ended with: ${heard}`);
    heard += value;
  }
  await reader?.cancel();
  expect(heard).toContain(`[["${groupId}",1]]`);
});

test('calls are counted by name and outcome, and no token is in the log or the data', async () => {
  const base = `http://localhost:${port()}`;
  expect((await fetch(`${base}/delivery/inbox`)).status).toBe(401);
  const metrics = await server.metrics();
  expect(metrics).toMatch(/parley_delivery_calls_total\{call="inbox",outcome="not_authorized"\} \d/);
  expect(metrics).toMatch(/parley_http_requests_total\{route="delivery",status="401"\} \d/);
  const agent = await DeliveryClient.open(base, helper, server.url);
  await agent.call('POST', '/token/revoke');
  expect((await agent.call('GET', '/inbox')).status).toBe(401);
  expect(server.log.join('\n')).not.toMatch(/helper_agent_001\.[0-9a-f]{64}/);
  for (const name of await readdir(data)) {
    expect(await readFile(join(data, name), 'latin1'), name).not.toMatch(/helper_agent_001\.[0-9a-f]{64}/);
  }
});
