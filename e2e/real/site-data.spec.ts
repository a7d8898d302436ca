import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { chromiumLaunchOptions } from '../../scripts/chromium.mjs';
import { expectAccessible } from '../accessible.ts';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { expect, test } from './served.ts';

/** Deletes everything that the browser stores for an origin, as its settings do. */
async function clearSiteData(page: Page, origin: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.detach();
}

test('site data that is deleted under an open agent is told at once, with what was lost, and after a reload too', async ({
  profiles,
  server,
}) => {
  const { page } = await profiles.open(server.url);
  const other = await profiles.open(server.url);
  const tab = await AgentTab.open(page, traveller);
  await AgentTab.open(other.page, helper);
  await tab.connect(helper);
  await tab.say('before');

  await clearSiteData(page, server.url);
  await expect(page.getByRole('heading', { name: `The stored data of ${traveller} was deleted` })).toBeVisible();
  await expect(page.getByText('storage_cleared')).toBeVisible();
  await expectAccessible(page, 'an agent whose data was deleted');

  await page.reload();
  await expect(page.getByText('agent_id_taken')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('the former keys are lost')).toBeVisible();
  await expect(page.getByText('Nothing was lost')).toHaveCount(0);
  await page.getByRole('link', { name: 'Open traveller_agent_002' }).click();
  await tab.ready();
});

test('a browser that lets the site store nothing says so, not that the agent is open elsewhere', async ({ server }) => {
  const profile = await mkdtemp(join(tmpdir(), 'parley-blocked-'));
  await mkdir(join(profile, 'Default'));
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(settings));
  const context = await chromium.launchPersistentContext(profile, { ...chromiumLaunchOptions(), baseURL: server.url });
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`/agent/${traveller}`);
    await expect(page.getByText('storage_blocked')).toBeVisible();
    await expect(page.getByText('Allow cookies and site data')).toBeVisible();
    await expect(page.getByText('open in another tab')).toHaveCount(0);
    await expectAccessible(page, 'an agent whose browser stores nothing');
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const before = await theme();
    await page.getByRole('button', { name: /theme|dark|light/i }).click();
    expect(await theme()).not.toBe(before);
    await page.goto('/');
    await expect(page.getByRole('alert')).toContainText('could not be');
    expect(errors).toEqual([]);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
});
