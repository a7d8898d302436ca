import type { Page } from '@playwright/test';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { focused, tabTo } from './by-keyboard.ts';
import { expect, test } from './harness.ts';
import { openTab } from './open-tab.ts';

/** Presses the arrow down until what has the focus is called so, at most 12 times. */
async function downTo(page: Page, name: string): Promise<void> {
  const way = [await focused(page)];
  while (way.at(-1) !== name && way.length <= 12) {
    await page.keyboard.press('ArrowDown');
    way.push(await focused(page));
  }
  expect(way.at(-1), way.join(' | ')).toBe(name);
}

/** Presses Tab from the page's beginning until the send box has the focus; returns every stop on the way. */
async function stopsToBox(page: Page): Promise<readonly string[]> {
  const way: string[] = [];
  while (way.length < 60) {
    await page.keyboard.press('Tab');
    way.push(await focused(page));
    if (await page.evaluate(() => document.activeElement?.matches('.send textarea'))) return way;
  }
  throw new Error(`60 stops do not lead to the box: ${way.join(' | ')}`);
}

/** Writes into the box, which has the focus, and sends it. */
async function write(page: Page, word: string): Promise<void> {
  await expect(page.locator('.send textarea')).toBeFocused();
  await page.keyboard.type(word);
  await page.keyboard.press('Enter');
}

test('everything from home to the answer works by keyboard, and the box is fewer than 30 stops away', async ({
  tabs: [first, second],
}) => {
  test.slow();
  const two = await AgentTab.open(second, helper);
  const third = await openTab(first.context());
  for (const other of ['garden_agent_001', 'mill_agent_001', 'river_agent_001']) await AgentTab.open(third, other);

  await first.goto('/');
  await expect(first.getByRole('heading', { level: 1 })).toBeVisible();
  await tabTo(first, /Traveller/);
  await first.keyboard.press('Enter');
  const one = AgentTab.of(first, traveller);
  await one.ready();
  await expect(first.getByRole('button', { name: `Connect to ${helper}` })).toBeEnabled();

  // The peers are one stop, and the arrows go through them.
  await first.keyboard.press('g');
  await first.keyboard.press('p');
  await tabTo(first, /_agent_001$/);
  await first.keyboard.press('Home');
  await downTo(first, helper);
  await tabTo(first, /^Connect to helper/, 2);
  await first.keyboard.press('Enter');
  await expect(first.getByRole('form', { name: `Send to ${helper}` })).toBeVisible();

  await first.keyboard.press('c');
  await write(first, 'by keyboard');
  await expect(one.lastExchange).toContainText('by keyboard');
  await expect(one.lastExchange).toContainText(/SUCCESS|ERROR/);
  await expect(two.page.getByRole('list', { name: `Sessions with ${traveller}` })).toBeVisible();

  // While somebody writes, it is a letter.
  await first.keyboard.type('c?');
  await expect(first.locator('.send textarea')).toHaveValue(/c\?/);
  await expect(first.getByRole('dialog')).toHaveCount(0);

  // From elsewhere it comes back to the conversation, and `?` says so.
  await first.getByRole('tab', { name: 'Conversation' }).focus();
  await first.keyboard.press('ArrowRight');
  await expect(first.getByRole('tab', { name: 'Handshake' })).toBeFocused();
  await first.keyboard.press('?');
  await expect(first.getByRole('dialog')).toContainText('Write to the peer or the group: the send box');
  await first.keyboard.press('Escape');
  await first.keyboard.press('c');
  await expect(first.locator('.send textarea')).toBeFocused();

  await first.reload();
  await one.ready();
  await expect(first.getByRole('list', { name: `Sessions with ${helper}` })).toContainText('resumed');
  await expect(one.lastExchange).toContainText('by keyboard');
  const stops = await stopsToBox(first);
  expect(stops.length, stops.join(' | ')).toBeLessThan(30);
});
