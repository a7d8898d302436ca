import { AgentTab } from '../agent-tab.ts';
import { openTab } from '../open-tab.ts';
import { expect, test } from './served.ts';

const agents = Array.from({ length: 8 }, (_, at) => `crowd_agent_00${at + 1}`);

test('eight agents in one profile register, are ready, connect and hear of a revocation', async ({
  profiles,
  server,
}) => {
  // Eight agents make keys on one machine.
  test.setTimeout(400_000);
  const streams: string[] = [];
  const tabs: AgentTab[] = [];
  const { page: first } = await profiles.open(server.url);
  for (const agentId of agents) {
    const page = tabs.length === 0 ? first : await openTab(first.context());
    page.on('request', (request) => {
      if (request.url().endsWith('/controller/events')) streams.push(agentId);
    });
    const tab = await AgentTab.open(page, agentId);
    await expect(page.getByText('reachable', { exact: true })).toBeVisible();
    tabs.push(tab);
  }
  const [hub = '', ...others] = agents;
  for (const tab of tabs.slice(1)) {
    await tab.page.bringToFront();
    await tab.connect(hub);
  }
  const online = async () => {
    const answer = await fetch(`${server.url}/controller/agents`);
    const { agents: listed }: { readonly agents: readonly { readonly online: boolean }[] } = await answer.json();
    return listed.map((agent) => agent.online);
  };
  // A machine that is busy with eight pages may be late with a heartbeat.
  await expect.poll(online).toEqual(agents.map(() => true));
  const started = Date.now();
  const revoked = await fetch(`${server.url}/controller/revoke`, {
    method: 'POST',
    headers: { authorization: 'Bearer operator-token-of-the-test', 'content-type': 'application/json' },
    body: JSON.stringify({
      agent_id: hub,
      controller: server.url,
      reason: 'keyCompromise',
      timestamp: Math.floor(Date.now() / 1000),
    }),
  });
  expect(revoked.status).toBe(200);
  for (const tab of tabs.slice(1)) {
    await tab.page.bringToFront();
    await expect(tab.page.getByText('CLOSED').first()).toBeVisible();
  }
  test.info().annotations.push({
    type: `a revocation heard by ${others.length} agents of one profile`,
    description: `${Date.now() - started} ms, ${streams.length} streams of events`,
  });
  expect(streams).toEqual([]);
  expect(await server.metrics()).toMatch(/^parley_event_streams 0$/m);
});
