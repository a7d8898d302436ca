import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import type { Group } from './group.ts';
import { Agent, type RequestInfo } from './node.ts';

const patience = { timeout: 60_000, interval: 100 };
const ids = { ada: 'ada_agent_001', bob: 'bob_agent_001', cyd: 'cyd_agent_001', dan: 'dan_agent_001' };
let folder: string;
let server: TestServer;
let ada: Agent;
let bob: Agent;
let cyd: Agent;
let dan: Agent;
/** What each request of a group was asked with. */
const asked: { readonly by: string; readonly info: RequestInfo }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-groups-'));
  server = await startTestServer();
  [ada, bob, cyd, dan] = await Promise.all([open(ids.ada), open(ids.bob), open(ids.cyd), open(ids.dan)]);
}, 240_000);
afterAll(async () => {
  await Promise.all([ada, bob, cyd, dan].map((each) => each?.close()));
  await server?.end();
  await rm(folder, { recursive: true });
});

function open(id: string): Promise<Agent> {
  return Agent.open({
    id,
    server: server.url,
    folder: join(folder, id),
    methods: {
      price: (parameters: unknown, info: RequestInfo) => {
        asked.push({ by: id, info });
        return `${id} has ${JSON.stringify(parameters)}`;
      },
    },
  });
}

/** Invites once the agent has left KeyPackages, which it does after it was opened. */
function whenInvitable<T>(invite: () => Promise<T>): Promise<T> {
  return vi
    .waitFor(async () => {
      const [invited] = await Promise.allSettled([invite()]);
      if (invited.status === 'rejected' && invited.reason.code !== 'no_key_package') return invited;
      expect(invited).toMatchObject({ status: 'fulfilled' });
      return invited;
    }, patience)
    .then((invited) => {
      if (invited.status === 'rejected') throw invited.reason;
      return invited.value;
    });
}

/** Accepts the invitation to a group once it is there. */
async function joined(agent: Agent, groupId: string): Promise<Group> {
  await vi.waitUntil(
    async () => (await agent.groups.invitations()).some((invitation) => invitation.groupId === groupId),
    patience,
  );
  return agent.groups.accept(groupId);
}

const namesOf = (group: Group) => group.members.map(({ agentId }) => agentId).sort();

test('a group is made, joined, talked in, asked, and left', { timeout: 240_000 }, async () => {
  const heard: string[] = [];
  bob.groups.onMessage(({ from, content, group }) => heard.push(`${group.name}: ${from} ${JSON.stringify(content)}`));
  const made = await ada.groups.create({ name: 'Harbour' });
  for (const agentId of [ids.bob, ids.cyd, ids.dan]) await whenInvitable(() => made.add([agentId]));
  expect(namesOf(made)).toEqual(Object.values(ids));
  const [ofBob, ofCyd, ofDan] = await Promise.all([bob, cyd, dan].map((agent) => joined(agent, made.id)));
  expect.assert(ofBob !== undefined && ofCyd !== undefined && ofDan !== undefined);

  const sent = await made.send(
    { text: 'Ships at noon' },
    { attachment: { bytes: new Uint8Array([1, 2, 3]), name: 'chart.bin' } },
  );
  expect(sent.group.delivery).not.toBe('sending');
  await vi.waitUntil(() => heard.length === 1, patience);
  expect(heard[0]).toContain('Harbour: ada_agent_001 {');
  expect(await ofBob.attachment(sent.group.messageId)).toEqual(new Uint8Array([1, 2, 3]));

  const answers = new Map<string, unknown>();
  for await (const answer of made.ask<string>('price', { of: 'salt' })) {
    expect.assert(answer.status === 'success');
    answers.set(answer.from, answer.result);
  }
  expect(Object.fromEntries(answers)).toEqual({
    [ids.bob]: `${ids.bob} has {"of":"salt"}`,
    [ids.cyd]: `${ids.cyd} has {"of":"salt"}`,
    [ids.dan]: `${ids.dan} has {"of":"salt"}`,
  });
  expect(asked.map(({ info }) => [info.peerId, info.groupId])).toEqual(Array(3).fill([ids.ada, made.id]));
  const refused = [];
  for await (const answer of ofBob.ask('no_such_method', null, { to: [ids.cyd] })) refused.push(answer);
  expect(refused).toMatchObject([{ from: ids.cyd, status: 'error', error: { code: 'unknown_method' } }]);

  await expect(ofBob.rename('Quay')).rejects.toMatchObject({ code: 'not_permitted' });
  expect((await made.rename('Quay')).name).toBe('Quay');
  await vi.waitUntil(() => ofCyd.name === 'Quay', patience);
  await made.remove([ids.dan]);
  await vi.waitUntil(() => ofDan.status === 'removed', patience);
  await expect(ofDan.send('Still here?')).rejects.toMatchObject({ code: 'unknown_group' });
  await ofCyd.leave();
  await vi.waitUntil(() => ofCyd.status === 'left' && namesOf(made).length === 2, patience);
  await vi.waitUntil(() => namesOf(ofBob).length === 2, patience);
  expect(namesOf(ofBob)).toEqual([ids.ada, ids.bob]);
  expect((await made.events()).map(({ what }) => what.kind)).toEqual(
    expect.arrayContaining(['added', 'renamed', 'removed', 'left']),
  );
  await ofDan.forget();
  expect(await dan.groups.list()).toEqual([]);
  const { exchanges } = await ofBob.history();
  expect(exchanges.map(({ method }) => method)).toEqual(['say', 'price', 'no_such_method']);
});

test('twenty requests left for an agent that is away are answered once, in order', { timeout: 240_000 }, async () => {
  await bob.close();
  await vi.waitUntil(async () => !(await ada.findPeer(ids.bob)).online, patience);
  asked.length = 0;
  const sent = await Promise.all(
    Array.from({ length: 20 }, (_, n) => ada.send<string>(ids.bob, 'price', n, { whenAway: 'store' })),
  );
  expect(sent.map(({ status }) => status)).toEqual(Array(20).fill('stored'));
  bob = await open(ids.bob);
  await bob.groups.catchUp();
  const invited = await bob.groups.invitations();
  for (const { groupId } of invited) await bob.groups.accept(groupId);
  const answers = await Promise.all(sent.map((one) => (one.status === 'stored' ? one.answer() : one.result)));
  expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => `${ids.bob} has ${n}`));
  expect(asked).toHaveLength(20);
  expect(asked.every(({ info }) => info.groupId === undefined)).toBe(true);
  const there = await ada.send<string>(ids.bob, 'price', 'now', { whenAway: 'store' });
  expect(there).toMatchObject({ status: 'answered', result: `${ids.bob} has "now"` });
});
