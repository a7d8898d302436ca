import { expectAccessible } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { inEachLook } from './looks.ts';

inEachLook([1440, 390], ({ look, width }) =>
  test(`no axe violation on any screen, ${look}`, async ({ tabs: [page, second] }) => {
    test.slow();
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page, 'home');

    await page.getByRole('button', { name: '+ New agent' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page, 'new agent');

    await page.goto('/nowhere');
    await expectAccessible(page, 'not found');

    const one = await AgentTab.open(page, traveller);
    await expectAccessible(page, 'agent without a peer');
    await AgentTab.open(second, helper);

    if (width < 800) await page.goto(`/agent/${traveller}/peers`);
    await one.ready();
    await expect(page.getByText('● online')).toBeVisible();
    await expectAccessible(page, 'peers');
    await one.connect(helper);
    await one.send('send_request', '{"query": "Hello Helper!"}');
    await expect(one.lastExchange).toContainText('SUCCESS');
    await expectAccessible(page, 'conversation');
    for (const view of ['Handshake', 'Keys', 'Timing', 'Wire'] as const) {
      await one.show(view);
      await expect(page.getByRole('tabpanel')).not.toContainText('Loading');
      await expectAccessible(page, view);
    }
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page, 'disconnect');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page, 'keys');

    await second.goto(`/agent/${traveller}`);
    await expect(second.getByRole('heading', { name: 'This agent is open in another tab' })).toBeVisible();
    await expectAccessible(second, 'in use');
    await page.goto('/');
    await expect(page.getByRole('link', { name: /helper_agent_001/ }).first()).toBeVisible();
    await expectAccessible(page, 'home with agents');
    await second.goto('/both');
    await expect(second.getByText('ready', { exact: true }).first()).toBeVisible();
    await expectAccessible(second, 'both');
  }),
);
