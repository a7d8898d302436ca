import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GroupAgent, waitUntil } from '../testing/group-agent.ts';
import { operatorToken, startTestServer, type TestServer } from '../testing/server.ts';

const spyId = 'spy_agent_001';
let folder: string;
let server: TestServer;
let staying: readonly GroupAgent[] = [];
let spy: GroupAgent;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-revoked-'));
  server = await startTestServer([], {}, join(folder, 'server'));
  const agent = (agentId: string) => new GroupAgent(agentId, join(folder, 'agents'), [server.url]);
  staying = [agent('traveller_agent_001'), agent('helper_agent_001')];
  spy = agent(spyId);
  for (const one of [...staying, spy]) await one.open();
}, 240_000);

afterAll(async () => {
  for (const one of [...staying, spy]) await one.close();
  await server.close();
  await rm(folder, { recursive: true });
});

async function revoke(agentId: string): Promise<void> {
  const answer = await fetch(`${server.url}/controller/revoke`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      agent_id: agentId,
      reason: 'keyCompromise',
      timestamp: Math.floor(Date.now() / 1_000),
    }),
  });
  expect(answer.status).toBe(200);
}

test('a member that an operator revokes is removed over real lines, and whoever knows of it sends nothing before', async () => {
  const [traveller, helper] = staying;
  if (traveller === undefined || helper === undefined) throw new TypeError('There are two.');
  const { groupId } = await traveller.agent.groups.create({ name: 'Trip', invite: [helper.agentId, spyId] });
  for (const one of [helper, spy]) await one.join(groupId);
  const trustIn = (one: GroupAgent) => one.group(groupId)?.members.find(({ agentId }) => agentId === spyId)?.trust;
  await waitUntil(() => staying.every((one) => trustIn(one) === 'trusted') || undefined);
  await revoke(spyId);
  /** What each was told that spoke while it knew, and whether anything was sent then. */
  const told: unknown[] = [];
  await waitUntil(async () => {
    for (const one of staying) {
      if (trustIn(one) !== 'revoked') continue;
      const said = one.agent.groups.say({ groupId, content: 'secret' });
      const code = await said.then(
        () => 'sent',
        (cause: unknown) => cause,
      );
      if (trustIn(one) === 'revoked') told.push(code);
    }
    return staying.every((one) => one.group(groupId)?.members.length === 2) || undefined;
  });
  for (const one of told) expect(one).toMatchObject({ code: 'member_not_trusted' });
  for (const one of staying) {
    const events = await one.agent.groups.events(groupId);
    expect(events.filter(({ what }) => what.kind === 'removed')).toMatchObject([{ what: { who: [spyId] } }]);
  }
  await helper.agent.groups.say({ groupId, content: 'between us' });
  await waitUntil(async () => (await traveller.history(`#${groupId}`)).find((one) => one.parameters === 'between us'));
  expect((await spy.history(`#${groupId}`).catch(() => [])).map(({ parameters }) => parameters)).not.toContain(
    'between us',
  );
}, 300_000);
