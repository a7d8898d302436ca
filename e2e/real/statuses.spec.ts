import { postJson } from '../../src/server/testing/raw-agent.ts';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { expect, test } from './served.ts';

const operator = { authorization: 'Bearer operator-token-of-the-test' };

test('what a page says of agents, sessions and requests holds while the server is down, and after revocations', async ({
  profiles,
  server,
}) => {
  const first = await profiles.open(server.url);
  const second = await profiles.open(server.url);
  const one = await AgentTab.open(first.page, traveller);
  await AgentTab.open(second.page, helper);
  await one.connect(helper);
  await one.say('before');
  const peer = first.page
    .getByRole('region', { name: `Peers of ${traveller}` })
    .getByRole('listitem')
    .first();
  await expect(peer).toContainText('● online');

  await server.end();
  await expect(peer).toContainText('○ not known');
  await one.send('echo', '"while it is down"');
  await expect(one.lastExchange).toContainText(/No connection to the server, trying until \d\d:\d\d:\d\d/);
  await one.lastExchange.getByRole('button', { name: 'Cancel' }).click();
  await expect(one.lastExchange).toContainText('CANCELLED');
  await expect(one.lastExchange).toContainText('It was not sent.');
  await server.start();
  await expect(peer).toContainText('● online', { timeout: 60_000 });

  // A peer that is revoked: its session ends, and nothing is offered that would begin another.
  const revoke = (agent_id: string) =>
    postJson(
      `${server.url}/controller/revoke`,
      { agent_id, reason: 'keyCompromise', timestamp: Math.floor(Date.now() / 1000) },
      operator,
    );
  expect((await revoke(helper)).status).toBe(200);
  await expect(peer).toContainText('✕ revoked', { timeout: 60_000 });
  await expect(peer.getByRole('button', { name: `Connect to ${helper}` })).toHaveCount(0);
  await expect(first.page.getByText(`${helper} was revoked: nothing can be sent to it any more.`)).toBeVisible();
  await expect(first.page.getByRole('button', { name: 'Update keys' })).toHaveCount(0);
  await expect(first.page.locator('.session-status-ESTABLISHED')).toHaveCount(0);

  // The revoked agent's own page says so, and offers another name in place of another try.
  const status = second.page.locator('.identity-status');
  await expect(status).toContainText('revoked', { timeout: 60_000 });
  await expect(second.page.getByRole('heading', { name: `${helper} was revoked` })).toBeVisible();
  await expect(second.page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
});
