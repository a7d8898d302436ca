import { expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { narrow, showAt, wide } from './looks.ts';

test('axe finds no violation on any screen, light or dark, wide or narrow', async ({ tabs: [page, second] }) => {
  test.slow();
  for (const tab of [page, second]) await showAt(tab, wide);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessibleInEachLook(page, 'home');

  await page.getByRole('button', { name: '+ New agent' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessibleInEachLook(page, 'new agent');

  await page.goto('/nowhere');
  await expectAccessibleInEachLook(page, 'not found');

  const one = await AgentTab.open(page, traveller);
  await expectAccessibleInEachLook(page, 'agent without a peer');
  await AgentTab.open(second, helper);
  await expect(page.getByText('● online')).toBeVisible();
  await expectAccessibleInEachLook(page, 'peers', [wide]);

  // From here on it is used as on a telephone.
  await showAt(page, narrow);
  await page.goto(`/agent/${traveller}/peers`);
  await one.ready();
  await expect(page.getByText('● online')).toBeVisible();
  await expectAccessibleInEachLook(page, 'peers', [narrow]);
  await one.connect(helper);
  await one.send('send_request', '{"query": "Hello Helper!"}');
  await expect(one.lastExchange).toContainText('SUCCESS');
  await expectAccessibleInEachLook(page, 'conversation');
  for (const view of ['Handshake', 'Keys', 'Timing', 'Wire'] as const) {
    await one.show(view);
    await expect(page.getByRole('tabpanel')).not.toContainText('Loading');
    await expectAccessibleInEachLook(page, view);
  }
  await page.getByRole('button', { name: `Menu of ${traveller}` }).click();
  await expectAccessibleInEachLook(page, 'menu', [narrow]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: `About the session with ${helper}` }).click();
  await expectAccessibleInEachLook(page, 'about the session', [narrow]);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessibleInEachLook(page, 'disconnect');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessibleInEachLook(page, 'keys');

  await second.goto(`/agent/${traveller}`);
  await expect(second.getByRole('heading', { name: 'This agent is open in another tab' })).toBeVisible();
  await expectAccessibleInEachLook(second, 'in use');
  await page.goto('/');
  await expect(page.getByRole('link', { name: /helper_agent_001/ }).first()).toBeVisible();
  await expectAccessibleInEachLook(page, 'home with agents');
  await second.goto('/both');
  await expect(second.getByText('ready', { exact: true }).first()).toBeVisible();
  await expectAccessibleInEachLook(second, 'both');
});
