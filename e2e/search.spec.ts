import type { Page } from '@playwright/test';
import { expectAccessible, expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { narrow, showAt } from './looks.ts';
import { openTab } from './open-tab.ts';
import { talk } from './talk.ts';

const found = (page: Page) =>
  page.getByRole('list', { name: 'Found exchanges, the newest first' }).getByRole('listitem');

test('what was said is found by keyboard alone, also after a reload, and opened where it was said', async ({
  tabs: [first, second],
}) => {
  const one = await talk(first, second, 'the blue door', 'a red door', 'nothing else');
  await first.reload();
  await one.ready();
  await first.getByRole('heading', { name: /Peers/ }).focus();
  await first.keyboard.press('g');
  await first.keyboard.press('f');
  await expect(first).toHaveURL(/\/search$/);
  await expect(first.getByRole('heading', { name: 'Search' })).toBeFocused();
  await expect(first.getByText('Your search words never leave this device')).toBeVisible();
  await expectAccessible(first, 'search before anything is looked for');

  await first.keyboard.press('/');
  await first.keyboard.type('DOO');
  await expect(found(first)).toHaveCount(2);
  await expect(found(first).first()).toContainText('a red door');
  await expect(found(first).first().locator('mark').first()).toHaveText('door');
  await expect(first.getByText(/^2 exchanges in /)).toBeVisible();
  await expect(first).toHaveURL(/\/search\?q=DOO$/);
  await expectAccessible(first, 'what a search found');
  await first.keyboard.press('Control+A');
  await first.keyboard.type('door blu');
  await expect(found(first)).toHaveCount(1);
  await first.getByLabel('Words').fill('door zebra');
  await expect(first.getByText('No stored message has all of these words.')).toBeVisible();
  await first.getByLabel('Words').fill('?!');
  await expect(first.getByText('This contains no word to search for.')).toBeVisible();
  await first.getByLabel('Words').fill('blue');
  await expect(found(first)).toHaveCount(1);

  await first.getByLabel('Words').press('ArrowDown');
  await first.keyboard.press('Enter');
  await expect(first).toHaveURL(/\/peer\/helper_agent_001\?at=1&words=blue\*$/);
  const row = first.getByRole('log').getByRole('listitem').filter({ hasText: 'the blue door' });
  await expect(row).toBeInViewport();
  await expect(row.locator('mark').first()).toHaveText('blue');
  await first.goBack();
  await expect(found(first)).toHaveCount(1);
});

test('a search is narrowed to a peer, and what is deleted is found no more', async ({
  tabs: [first, second],
  context,
}) => {
  await AgentTab.open(await openTab(context), 'scout_agent');
  const one = await talk(first, second, 'to be deleted');
  await one.connect('scout_agent');
  await one.say('not deleted');
  await first.goto(`/agent/${traveller}/search?q=deleted`);
  await expect(found(first)).toHaveCount(2);
  await first.getByRole('combobox', { name: 'Peer' }).selectOption(helper);
  await expect(first).toHaveURL(/peer=helper_agent_001/);
  await expect(found(first)).toHaveText([/helper_agent_001/]);
  await found(first).getByRole('link', { name: 'Open in conversation' }).click();
  await first.getByRole('button', { name: 'Delete this exchange' }).click();
  await first.getByRole('dialog').getByRole('button', { name: 'Delete it' }).click();
  await expect(first.getByRole('dialog')).toHaveCount(0);
  await first.goto(`/agent/${traveller}/search?q=deleted`);
  await expect(found(first)).toHaveText([/scout_agent/]);
});

test('of two agents on one page each goes through what it has found itself', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1000 });
  await page.goto('/both');
  const left = page.getByRole('region', { name: traveller, exact: true });
  const right = page.getByRole('region', { name: helper, exact: true });
  await expect(page.getByText('ready', { exact: true })).toHaveCount(2, { timeout: 60_000 });
  const refresh = left.getByRole('button', { name: 'Refresh' });
  if (!(await refresh.isVisible())) await left.getByRole('button', { name: 'Peers' }).click();
  await refresh.click();
  await left.getByRole('button', { name: `Connect to ${helper}` }).click();
  await left.getByLabel(`Text to ${helper}`).fill('Hello Helper!');
  await left.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(left.getByRole('log')).toContainText('Hello Traveller! Request received: Hello Helper!');
  const search = 'search?q=hello';
  await page.goto(`/both/${traveller}/${helper}?${new URLSearchParams({ left: search, right: search })}`);
  for (const side of [left, right]) {
    const link = side.getByRole('link', { name: 'Open in conversation' });
    await expect(link).toHaveCount(1, { timeout: 60_000 });
    await side.getByLabel('Words').press('ArrowDown');
    await expect(link).toBeFocused();
  }
});

test('axe finds no violation in the search on a narrow screen, light or dark', async ({ tabs: [page, other] }) => {
  // Made ready on a wide screen, where the peers stand beside the conversation.
  await talk(page, other, 'narrow words');
  await showAt(page, narrow);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: /^Search/ }).click();
  await page.getByLabel('Words').fill('words');
  await expect(found(page)).toHaveCount(1);
  await expectAccessibleInEachLook(page, 'what a search found', [narrow]);
});
