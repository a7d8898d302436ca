import type { Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { expect, test } from './served.ts';

/** Built files of what is not loaded with the page: views, their styles, and what they share. */
const lazyFiles = /\/assets\/(?!(index|engine\.worker|inspector\.worker)-)[^/]+\.(js|css)$/;

/** Opens Traveller in a page that does not get the code of any view, until `let go`. */
async function openWithoutViews(
  { page }: { readonly page: Page },
  answer: 'no network' | 'not found',
): Promise<{ page: Page; letGo(): Promise<void> }> {
  await page.goto('/');
  const own = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  await page.route(lazyFiles, (route) => {
    if (own.includes(new URL(route.request().url()).pathname)) return route.continue();
    return answer === 'no network' ? route.abort('internetdisconnected') : route.fulfill({ status: 404 });
  });
  await AgentTab.open(page, traveller);
  return { page, letGo: () => page.unroute(lazyFiles) };
}

test('a view and the console that cannot be loaded say so in their place, come on “Try again”, and the agent goes on', async ({
  profiles,
  server,
}) => {
  const { page, letGo } = await openWithoutViews(await profiles.open(server.url), 'no network');
  const other = await profiles.open(server.url);
  await AgentTab.open(other.page, helper);
  const tab = AgentTab.of(page, traveller);
  await tab.connect(helper);
  await tab.say('before');

  await tab.show('Handshake');
  await page.getByRole('button', { name: 'console' }).click();
  const failed = page.getByRole('alert').filter({ hasText: 'This part could not be loaded' });
  await expect(failed).toHaveCount(2);
  await expectAccessible(page, 'views that could not be loaded');
  await tab.ready();
  await tab.show('Conversation');
  await tab.say('meanwhile');
  await tab.show('Handshake');

  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(failed.first()).toContainText('The server does not answer');
  await page.context().setOffline(false);
  await letGo();
  for (const left of [1, 0]) {
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await expect(failed).toHaveCount(left);
  }
  await expect(page.getByText(/session established/i).first()).toBeVisible();
  await expect(page.getByRole('log', { name: 'Console output' })).toBeVisible();
  // The styles of a view come with it, also when they had failed.
  const styles = () =>
    page.evaluate(() => [...document.styleSheets].filter(({ href }) => /handshake-view/.test(href ?? '')).length);
  expect(await styles()).toBe(1);
  await expect(page.getByText('expires in').first()).toBeVisible();
});

test('without a network every view opens that was preloaded when the agent was ready', async ({ profiles, server }) => {
  const { page } = await profiles.open(server.url);
  await AgentTab.open(page, traveller);
  // The last view that is preloaded, and the worker that checks messages.
  for (const part of ['qr-code', 'inspector.worker']) {
    const loaded = (name: string) =>
      performance.getEntriesByType('resource').some((entry) => entry.name.includes(name));
    await expect.poll(() => page.evaluate(loaded, part), { message: `${part} has to be preloaded` }).toBe(true);
  }
  await page.context().setOffline(true);
  for (const [part, heading] of [
    ['Traffic', 'Traffic'],
    ['Search', 'Search'],
    ['Audit trail', 'Audit trail'],
    ['History', 'History'],
  ] as const) {
    await page.getByRole('button', { name: part }).first().click();
    await expect(page.getByRole('heading', { name: heading }).first()).toBeVisible();
  }
  await page.getByRole('button', { name: 'console' }).click();
  await expect(page.getByRole('log', { name: 'Console output' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toHaveCount(0);
  await page.context().setOffline(false);
});

test('after an update of the server a view that has gone says so, and a reload opens it with the same sessions', async ({
  profiles,
  server,
}) => {
  const { page, letGo } = await openWithoutViews(await profiles.open(server.url), 'not found');
  const index = await (await page.request.get(server.url)).text();
  await page.route(`${server.url}/`, (route) =>
    route.fulfill({
      body: index.replace(/assets\/index-[\w-]+\.js/, 'assets/index-newer.js'),
      contentType: 'text/html',
    }),
  );
  const tab = AgentTab.of(page, traveller);
  await page.getByRole('button', { name: 'console' }).click();
  const failed = page.getByRole('alert').filter({ hasText: 'Parley was updated' });
  await expect(failed).toBeVisible();
  await expectAccessible(page, 'a view that has gone with an update');
  await tab.ready();
  await letGo();
  await failed.getByRole('button', { name: 'Reload the page' }).click();
  await tab.ready();
  await page.getByRole('button', { name: 'console' }).click();
  await expect(page.getByRole('log', { name: 'Console output' })).toBeVisible();
});
