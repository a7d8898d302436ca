import type { BrowserContext, Page } from '@playwright/test';
import { expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { narrow, showAt, wide } from './looks.ts';
import { openTab } from './open-tab.ts';

/** Opens the safety number from the conversation's line; the digits as they are read. */
async function openNumber(page: Page): Promise<string> {
  // On a narrow screen it is behind the menu of the session.
  const menu = page.getByRole('button', { name: /^About the session/ });
  if (await menu.isVisible()) await menu.click();
  await page
    .locator('.session-header')
    .getByRole('button', { name: /: safety number with/ })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('img', { name: /QR code of the same 60 digits/ })).toBeVisible();
  const groups = await dialog.locator('li > span:first-child').allInnerTexts();
  expect(groups).toHaveLength(12);
  return groups.join(' ');
}

async function markAsVerified(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Mark as verified' }).click();
  await expect(page.getByRole('dialog').getByText('verified ✓')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
}

/**
 * Makes the Controller certify a second key for helper_agent_001: its record is taken out of the Controller's database, and
 * a Helper with new keys registers. The CA stays the same, so every certificate is good.
 */
async function certifySecondKey(page: Page): Promise<void> {
  await page.goto('/');
  await page.evaluate(async (agentId) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const controller = await done(indexedDB.open('parley-controller'));
    await done(controller.transaction('agents', 'readwrite').objectStore('agents').delete(agentId));
    controller.close();
    await done(indexedDB.deleteDatabase(`parley-agent-${agentId}`));
  }, helper);
  await AgentTab.open(page, helper);
}

/** Traveller and Helper in a session, Traveller's page at its conversation. */
async function connectedTabs(context: BrowserContext, width: number): Promise<{ one: AgentTab; two: AgentTab }> {
  const page = await openTab(context);
  await showAt(page, width);
  const two = await AgentTab.open(await openTab(context), helper);
  // On a narrow screen the peers have a page of their own.
  await page.goto(width === narrow ? `/agent/${traveller}/peers` : `/agent/${traveller}`);
  const one = AgentTab.of(page, traveller);
  await one.ready();
  await one.connect(helper);
  return { one, two };
}

test('two people compare the number and mark each other; the mark outlives the page', async ({ context }) => {
  const { one, two } = await connectedTabs(context, wide);
  await two.talkTo(traveller);
  await expect(one.page.getByText('verified ✓')).toHaveCount(0);

  const mine = await openNumber(one.page);
  expect(await openNumber(two.page)).toBe(mine);
  const theirs = one.page.getByLabel('Paste the number the other side sent you');
  await theirs.fill(mine.replace(/^\d/, (digit) => (digit === '0' ? '1' : '0')));
  await expect(one.page.getByText('✗ Differs in group 1. Do not mark it.')).toBeVisible();
  await expect(one.page.getByRole('button', { name: 'Mark as verified' })).toBeDisabled();
  await theirs.fill(mine);
  await expect(one.page.getByText('✓ Equal: all 60 digits are the same.')).toBeVisible();
  await expect(one.page.getByRole('button', { name: 'Mark as verified' })).toBeEnabled();
  await markAsVerified(one.page);
  await markAsVerified(two.page);
  // In the peer's row and in the session's header.
  await expect(one.page.getByText('verified ✓')).toHaveCount(2);

  await one.page.reload();
  await one.ready();
  await expect(one.page.getByText('verified ✓').first()).toBeVisible();
  await expect(
    one.page
      .getByText(/^expires in/)
      .filter({ visible: true })
      .last(),
  ).toBeVisible();
  expect(await openNumber(one.page)).toBe(mine);
  await one.page.getByRole('button', { name: 'Remove the mark' }).click();
  await one.page.getByRole('button', { name: 'Remove the mark' }).last().click();
  await expect(one.page.getByRole('button', { name: 'Mark as verified' })).toBeVisible();
});

test('a changed key stops everything until the person decides; then the request goes out', async ({
  context,
  network,
}) => {
  const { one, two } = await connectedTabs(context, wide);
  const before = await openNumber(one.page);
  await markAsVerified(one.page);
  await certifySecondKey(two.page);
  const notice = one.page.getByRole('region', { name: 'Helper’s signing key has changed' });
  await expect(notice).toContainText('Nothing is sent until you decide.');
  const posts = async () =>
    (await network.exchanges()).filter(({ method, url }) => method === 'POST' && url.includes('/agent/')).length;
  const sent = await posts();
  await one.send('echo', '{"words": "Still you?"}');
  await expect(one.lastExchange).toContainText('FAILED');
  await expect(one.lastExchange).toContainText('peer_key_changed');
  expect(await posts()).toBe(sent);

  await one.page.reload();
  await one.ready();
  await expect(one.page.getByText('changed ✗').first()).toBeVisible();
  await one.page.getByRole('button', { name: `Connect to ${helper}` }).click();
  await expect(one.page.getByText('peer_key_changed').first()).toBeVisible();
  expect(await openNumber(one.page)).not.toBe(before);
  await one.page.getByRole('button', { name: 'Mark the new key as verified' }).click();
  await expect(one.page.getByText('changed ✗')).toHaveCount(0);
  await one.page.keyboard.press('Escape');
  await expect(one.page.getByRole('dialog')).toHaveCount(0);
  await one.connect(helper);
  await one.send('echo', '{"words": "It is you."}');
  await expect(one.lastExchange).toContainText('SUCCESS');
});

test('comparing and deciding have no axe violation, light or dark, wide or narrow', async ({ context }) => {
  test.slow();
  // All is done as on a telephone; the test before this one does it on a wide screen.
  const { one, two } = await connectedTabs(context, narrow);
  const { page } = one;
  const number = await openNumber(page);
  await page.getByLabel('Paste the number the other side sent you').fill(number.replaceAll('1', '2'));
  await expectAccessibleInEachLook(page, 'a number that differs');
  await page.getByLabel('Paste the number the other side sent you').fill(number);
  await expectAccessibleInEachLook(page, 'a number that is equal');
  await markAsVerified(page);
  await expectAccessibleInEachLook(page, 'a verified session');
  await certifySecondKey(two.page);
  await expect(page.getByRole('region', { name: 'Helper’s signing key has changed' })).toBeVisible();
  await one.send('echo', '{"words": "Still you?"}');
  await expect(one.lastExchange).toContainText('FAILED');
  await expectAccessibleInEachLook(page, 'a changed key');
  await page.getByRole('button', { name: /^Compare the new number/ }).click();
  await expect(page.getByRole('dialog').getByRole('img', { name: /QR code/ })).toBeVisible();
  await expectAccessibleInEachLook(page, 'the decision');
  await page.getByRole('button', { name: 'Continue unverified' }).last().click();
  await page.getByRole('button', { name: 'Continue unverified' }).last().click();
  // The notice is gone, and what was opened from it.
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await one.lastExchange.getByRole('button', { name: 'Retry' }).click();
  await expect(one.lastExchange).toContainText('SUCCESS');
});
