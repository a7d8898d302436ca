import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible, expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { LimitedDisk } from './limited-disk.ts';
import { narrow, showAt } from './looks.ts';
import { talk } from './talk.ts';

const entries = (page: Page) => page.getByRole('listbox', { name: 'Entries, the newest first' }).getByRole('option');

async function saved(page: Page): Promise<{ readonly name: string; readonly text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the file' }).click(),
  ]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('the trail is read by keyboard, verified, and exported with one message disclosed and no other', async ({
  tabs: [first, second],
}) => {
  await talk(first, second, 'to be disclosed', 'to stay secret');
  await first.getByRole('heading', { name: /Peers/ }).focus();
  await first.keyboard.press('g');
  await first.keyboard.press('a');
  await expect(first).toHaveURL(/\/audit$/);
  await expect(first.getByRole('heading', { name: 'Audit trail' })).toBeFocused();
  await expect(entries(first).filter({ hasText: 'handshake' }).first()).toBeVisible();
  await first.getByRole('button', { name: 'Verify now' }).click();
  await expect(first.getByText(/All \d+ entries hold/)).toBeVisible();
  await expectAccessible(first, 'audit trail');

  await first.getByText('Export a proof for somebody else').click();
  await expect(first.getByText('No message is disclosed.')).toBeVisible();
  const plain = await saved(first);
  expect(plain.name).toBe('traveller_agent_001.audit.json');
  expect(plain.text).not.toContain('to be disclosed');
  expect(plain.text).not.toContain('to stay secret');

  await first.getByLabel('Kind').selectOption('message');
  await expect(entries(first).first()).toContainText('message');
  await entries(first).last().click();
  const open = first.getByRole('region', { name: 'The open entry' });
  await open.getByRole('checkbox').check();
  await expect(first.getByText('Disclosed in the clear:')).toBeVisible();
  await expectAccessible(first, 'an open entry and the export');
  const disclosed = await saved(first);
  expect(disclosed.text).toContain('to be disclosed');
  expect(disclosed.text).not.toContain('to stay secret');
  await expect(first.getByText('The file is in your downloads, with 1 message disclosed.')).toBeVisible();
  await expect(open.getByRole('checkbox')).not.toBeChecked();

  await expect(first).toHaveURL(/\/audit\/\d+\?kind=message$/);
  await first.reload();
  await expect(open).toContainText('hash of this entry');
  await open.getByRole('button', { name: 'Close' }).click();
  await expect(first).toHaveURL(/\/audit\?kind=message$/);
});

test('what was chosen to be disclosed stays chosen while the conversation is read once more', async ({
  tabs: [first, second],
}) => {
  await talk(first, second, 'one', 'two');
  await first.getByRole('button', { name: 'Audit trail' }).click();
  await first.getByLabel('Kind').selectOption('message');
  const open = first.getByRole('region', { name: 'The open entry' });
  for (const entry of [entries(first).last(), entries(first).first()]) {
    await entry.click();
    await open.getByRole('checkbox').check();
  }
  await open.getByRole('button', { name: 'Conversation' }).click();
  await expect(first.getByRole('log')).toContainText('two');
  await first.goBack();
  await expect(open.getByRole('checkbox')).toBeChecked();
  await first.getByText('Export a proof for somebody else').click();
  await expect(first.getByRole('button', { name: /^Do not disclose entry/ })).toHaveCount(2);
});

test('a request that is refused shows in the open trail by itself, and so does the new head', async ({
  tabs: [first, second],
}) => {
  await AgentTab.open(first, traveller);
  await AgentTab.open(second, helper);
  await second.goto(`/agent/${helper}/audit?kind=refusal`);
  await expect(second.getByText('No entry matches the filter.')).toBeVisible();
  const head = await second.locator('.audit-hash code').innerText();
  await first.evaluate(() => fetch('https://localhost:5001/agent/message', { method: 'POST', body: '{}' }));
  await expect(entries(second).first()).toContainText('refusal');
  await expect(second.locator('.audit-hash code')).not.toHaveText(head);
});

test('a trail that cannot be read says so, and is read when one tries again', async ({ page }) => {
  const disk = await LimitedDisk.under(page);
  await AgentTab.open(page, traveller);
  await page.getByRole('button', { name: 'Audit trail' }).click();
  await entries(page).last().click();
  const open = page.getByRole('region', { name: 'The open entry' });
  await expect(open).toContainText('hash of this entry');
  await page.getByRole('button', { name: 'History' }).click();
  await expect(page.getByRole('heading', { name: 'History', exact: true })).toBeVisible();

  await disk.failReading();
  await page.goBack();
  await expect(page.getByRole('alert')).toHaveCount(2);
  await expect(open.getByRole('alert')).toContainText('storage_failed');
  await expect(page.getByText('There is no entry of this number.')).toHaveCount(0);
  await expect(page.getByText('No entry matches the filter.')).toHaveCount(0);
  await expectAccessible(page, 'a trail that cannot be read');
  await disk.mend();
  await open.getByRole('button', { name: 'Try again' }).click();
  await expect(open).toContainText('hash of this entry');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(entries(page).first()).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  await page.goto(`/agent/${traveller}/audit/99999`);
  await expect(page.getByText('There is no entry of this number.')).toBeVisible({ timeout: 60_000 });
});

test('an exchange leads to the trail of its session', async ({ tabs: [first, second] }) => {
  const one = await talk(first, second, 'said');
  await one.lastExchange.getByRole('link').click();
  await first.getByRole('button', { name: 'Audit trail of its session' }).click();
  await expect(first).toHaveURL(/\/audit\?peer=helper_agent_001&session=[0-9a-f]{32}$/);
  await expect(entries(first).filter({ hasText: 'message' }).first()).toBeVisible();
});

test('axe finds no violation in the audit trail on a narrow screen, light or dark', async ({ page }) => {
  await showAt(page, narrow);
  await page.goto(`/agent/${traveller}/audit`);
  await expect(entries(page).first()).toBeVisible({ timeout: 60_000 });
  await expectAccessibleInEachLook(page, 'audit trail', [narrow]);
  await entries(page).first().click();
  await expect(page).toHaveURL(/\/audit\/\d+$/);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Close' })).toBeInViewport({ timeout: 60_000 });
  await page.getByText('Export a proof for somebody else').click();
  await expectAccessibleInEachLook(page, 'an open entry', [narrow]);
});
