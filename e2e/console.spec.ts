import type { Page } from '@playwright/test';
import { expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';

const log = (page: Page) => page.getByRole('log', { name: 'Console output' });
const input = (page: Page) => page.getByRole('textbox', { name: 'Command for traveller_1>' });

async function type(page: Page, line: string): Promise<void> {
  await input(page).fill(line);
  await page.keyboard.press('Enter');
}

test('everything that the buttons do can be typed', async ({ tabs: [first, second] }) => {
  const one = await AgentTab.open(first, traveller);
  await AgentTab.open(second, helper);
  await first.keyboard.press('`');
  await expect(input(first)).toBeFocused();
  await type(first, 'connect helper https://localhost:5001');
  await expect(log(first)).toContainText('✓ Session established with helper_agent_001');
  await expect(log(first)).toContainText('✓ Certificate verified');
  await type(first, 'send helper "Hello Helper!"');
  await expect(log(first)).toContainText('Request received: Hello Helper!');
  // The conversation shows the same exchange.
  await first
    .getByRole('list', { name: `Sessions with ${helper}` })
    .getByRole('button', { name: /ESTABLISHED/ })
    .click();
  await expect(one.lastExchange).toContainText('SUCCESS');
  await type(first, 'sessions');
  await expect(log(first).getByRole('table')).toContainText('ESTABLISHED');
  await type(first, 'verify helper');
  await expect(log(first)).toContainText('is not verified');
  await type(first, 'disconnect helper');
  await expect(log(first)).toContainText('its keys erased');
  await type(first, 'connect nobody');
  await expect(log(first)).toContainText('[ERROR] ✗');
  await expect(log(first)).toContainText('Type peers to list them');
});

test('the console is used by keyboard alone: history, completion, several pasted lines, and the way out', async ({
  tabs: [first, second],
}) => {
  await AgentTab.open(first, traveller);
  await first.keyboard.press('`');
  await type(first, 'whoami');
  await type(first, 'help connect');
  await first.keyboard.press('ArrowUp');
  await first.keyboard.press('ArrowUp');
  await expect(input(first)).toHaveValue('whoami');
  await first.keyboard.press('ArrowDown');
  await expect(input(first)).toHaveValue('help connect');
  await input(first).fill('con');
  await first.keyboard.press('Tab');
  await expect(input(first)).toHaveValue('connect ');
  // An agent that comes while the console is open is completed too.
  await AgentTab.open(second, helper);
  await first.bringToFront();
  await first.keyboard.type('helper_1');
  await first.keyboard.press('Tab');
  await expect(input(first)).toHaveValue('connect helper_1 ');
  await input(first).fill('');
  await first.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', 'peers\nhelp trace\nsess');
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  });
  await expect(log(first)).toContainText('Shows every step');
  await expect(input(first)).toHaveValue('sess');
  // As with Caps Lock on.
  await first.keyboard.press('Control+L');
  await expect(log(first)).not.toContainText('Shows every step');
  await first.keyboard.press('Escape');
  await expect(log(first)).toHaveCount(0);
  await expect(first.getByRole('button', { name: /console/ })).toBeFocused();
});

test('axe finds no violation with the console open, light or dark, wide or narrow', async ({ page }) => {
  await AgentTab.open(page, traveller);
  await page.keyboard.press('`');
  for (const line of ['help', 'whoami', 'connect nobody', 'peers']) await type(page, line);
  await expect(log(page)).toContainText('No other agent has registered');
  await expectAccessibleInEachLook(page, 'console');
});
