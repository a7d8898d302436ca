import { expectAccessible } from '../accessible.ts';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { FourRequests } from './four-requests.ts';
import { expect, test } from './served.ts';

test('two profiles talk through a server that is ended and started again in the middle; nothing is lost or runs twice', async ({
  profiles,
  server,
}) => {
  const first = await profiles.open(server.url);
  const second = await profiles.open(server.url);
  const requests = await FourRequests.open(first.page, second.page);
  await expect(first.page.getByRole('button', { name: `Connect to ${helper}` })).toBeVisible();
  expect([...first.complaints, ...second.complaints], 'what the policy of the page refused').toEqual([]);
  await requests.sendFirstTwo();

  expect(await server.end()).toBe(0);
  await expect(first.page.getByText(/relay lost, next try in/)).toBeVisible();
  await expectAccessible(first.page, 'an agent whose relay is lost');
  await requests.sendThird();
  await server.start();
  await requests.endWell();
});

test('a revoked agent’s sessions end at its peers by themselves, it is refused, and another name is offered', async ({
  profiles,
  server,
}) => {
  const first = await profiles.open(server.url);
  const second = await profiles.open(server.url);
  const tab = await AgentTab.open(first.page, traveller);
  await AgentTab.open(second.page, helper);
  await tab.connect(helper);
  const started = Date.now();
  const answer = await fetch(`${server.url}/controller/revoke`, {
    method: 'POST',
    headers: { authorization: 'Bearer operator-token-of-the-test', 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: helper, reason: 'keyCompromise', timestamp: Math.floor(Date.now() / 1000) }),
  });
  expect(answer.status).toBe(200);
  await expect(first.page.getByText('CLOSED').first()).toBeVisible();
  test.info().annotations.push({ type: 'revoked to ended', description: `${Date.now() - started} ms` });
  await expect(first.page.getByText('✕ revoked')).toBeVisible();
  await expect(second.page.getByText(/not reachable: This agent was revoked/)).toBeVisible();

  await second.page.goto(`${server.url}/`);
  await expect(second.page.getByText('traveller_agent_002')).toBeVisible();
  await expect(second.page.getByText('helper_agent_002')).toBeVisible();
  const known = second.page.getByRole('listitem').filter({ hasText: helper });
  await expect(known).toContainText('✕ revoked');
  await expect(known).toContainText(`${server.url}/agents/${helper}`);
  await second.page.getByRole('link', { name: 'Open both side by side' }).click();
  await expect(second.page).toHaveURL(`${server.url}/both/traveller_agent_002/helper_agent_002`);
  await expect(second.page.getByText('ready', { exact: true })).toHaveCount(2, { timeout: 60_000 });
});

test('every answer has the headers that keep the page to itself, and no mock network is served', async ({
  page,
  server,
}) => {
  const answer = await page.goto(`${server.url}/agent/${traveller}`);
  const headers = answer?.headers() ?? {};
  expect(headers['content-security-policy']).toContain("script-src 'self'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-frame-options']).toBe('DENY');
  await expect(page.getByText('ready', { exact: true })).toBeVisible({ timeout: 60_000 });
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  for (const path of ['/mockServiceWorker.js', '/parley-network.js']) {
    expect((await page.request.get(server.url + path)).status()).toBe(404);
  }
  await page.close();
});
