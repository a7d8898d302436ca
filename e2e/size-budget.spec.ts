import type { Page } from '@playwright/test';
import { expect, test } from './harness.ts';
import { type PageScript, PageScripts } from './page-scripts.ts';

/** What the first load of a page may ship to it, compressed, the workers apart. */
const budget = 195_000;

const pages = [
  { path: '/', settled: (page: Page) => expect(page.getByRole('heading').first()).toBeVisible() },
  {
    path: '/agent/traveller_agent_001',
    settled: (page: Page) => expect(page.getByText('ready', { exact: true })).toBeVisible({ timeout: 60_000 }),
  },
];

for (const { path, settled } of pages) {
  test(`the first load of ${path} ships at most 195 kB of compressed JavaScript to the page`, async ({ page }) => {
    // What is preloaded once the page is idle is no part of its first load.
    await page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 }));
    const scripts = await PageScripts.watch(page);
    await page.goto(path);
    await settled(page);
    await page.waitForLoadState('networkidle');
    const weighed = await scripts.weigh();
    const total = weighed.reduce((sum, { compressed }) => sum + compressed, 0);
    process.stdout.write(table(path, weighed, total));
    expect(weighed.length, 'scripts seen').toBeGreaterThan(0);
    expect(total).toBeLessThanOrEqual(budget);
  });
}

function table(path: string, scripts: readonly PageScript[], total: number): string {
  const row = (bytes: number, name: string) => `${(bytes / 1000).toFixed(1).padStart(10)} kB  ${name}\n`;
  const rows = scripts.map(({ url, compressed }) => row(compressed, new URL(url).pathname));
  return `    ${path}\n${rows.join('')}${row(total, `in all, of ${budget / 1000} kB`)}`;
}
