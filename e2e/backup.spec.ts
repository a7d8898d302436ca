import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { openTab } from './open-tab.ts';
import { talk } from './talk.ts';

const passphrase = 'six words that nobody else knows';
/** Making a key of a passphrase takes seconds, and many of them on a busy machine. */
const slowly = { timeout: 90_000 };
const rows = (page: Page) => page.getByRole('log').getByRole('listitem');

/** Exports the history of the page's agent and gives the file. */
async function exported(page: Page) {
  const form = page.getByRole('form', { name: 'Export the history' });
  await form.getByLabel('Passphrase').fill(passphrase);
  await form.getByLabel('Type it again').fill(passphrase);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    form.getByRole('button', { name: 'Export history' }).click(),
  ]);
  return { name: download.suggestedFilename(), buffer: await readFile(await download.path()) };
}

async function importFile(page: Page, buffer: Buffer, given: string): Promise<void> {
  const form = page.getByRole('form', { name: 'Import a history' });
  await form
    .getByLabel('File')
    .setInputFiles({ name: 'some.history.age', mimeType: 'application/octet-stream', buffer });
  await form.getByLabel('Its passphrase').fill(given);
  await form.getByRole('button', { name: 'Import history' }).click();
}

test('a history is exported under a passphrase, imported into another profile, and read there and nothing else', async ({
  tabs: [first, second],
  browser,
  baseURL,
}) => {
  test.slow();
  await talk(first, second, 'the blue door');
  await first.getByRole('button', { name: 'History' }).click();
  await expect(first.getByText('There is no backup of the keys, by design.')).toBeVisible();
  const form = first.getByRole('form', { name: 'Export the history' });
  await form.getByLabel('Passphrase').fill('short');
  await form.getByRole('button', { name: 'Export history' }).click();
  await expect(form.getByText('The passphrase needs 7 more characters.')).toBeVisible();
  await expectAccessible(first, 'a passphrase that is too short');
  const { name, buffer } = await exported(first);
  expect(name).toBe('traveller_agent_001.history.age');
  expect(buffer.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt /);
  expect(buffer.includes('blue door')).toBe(false);
  await expect(form.getByText(/is in your downloads/)).toBeVisible();

  const elsewhere = await browser.newContext({ baseURL: baseURL ?? '' });
  const page = await openTab(elsewhere);
  await page.goto(`/agent/scout_agent/history`);
  await expect(page.getByText('ready', { exact: true })).toBeVisible({ timeout: 60_000 });
  await importFile(page, buffer, 'not the passphrase');
  await expect(page.getByRole('alert')).toContainText('invalid_input', slowly);
  await importFile(page, buffer, passphrase);
  await expect(page.getByText('The history of traveller_agent_001 is here: 1 exchange.')).toBeVisible(slowly);
  await expectAccessible(page, 'history with an archive');
  await page.getByRole('link', { name: `with ${helper}` }).click();
  await expect(page).toHaveURL(/\/archive\/[0-9a-f]{32}\/helper_agent_001$/);
  await expect(page.getByText('read-only')).toBeVisible();
  await expect(rows(page)).toHaveText([/the blue door/]);
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toHaveCount(0);
  await expectAccessible(page, 'an archive');
  await page.reload();
  await expect(rows(page)).toHaveText([/the blue door/]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, 'an archive, narrow and dark');
  const address = page.url();
  await page.goto('/agent/scout_agent/history');
  await page.getByRole('button', { name: `Delete the archive of ${traveller}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete it' }).click();
  await expect(page.getByRole('button', { name: `Delete the archive of ${traveller}` })).toHaveCount(0);
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'This archive is not here' })).toBeVisible();
  await elsewhere.close();
});

test('where an agent is forgotten it is said that there is no backup of its keys', async ({ page }) => {
  await AgentTab.open(page, traveller);
  await page.getByRole('button', { name: 'Forget' }).click();
  await expect(page.getByRole('dialog')).toContainText('There is no backup of the keys, by design.');
  await expectAccessible(page, 'forgetting an agent');
});
