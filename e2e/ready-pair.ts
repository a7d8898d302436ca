import { type Browser, type BrowserContext, devices, type FullProject, type Page } from '@playwright/test';
import { AgentTab, helper } from './agent-tab.ts';
import { test as base, errorsOf, expect } from './harness.ts';
import { openTab } from './open-tab.ts';
import { talk } from './talk.ts';

/** What Traveller has said to Helper: more than a window shows. */
export const said: readonly string[] = Array.from({ length: 15 }, (_, at) => `${at + 1}: The heron stands by the mill`);

/** Traveller in the first tab and Helper in the second, in one session in which all of `said` was answered. */
interface ReadyPair {
  readonly first: Page;
  readonly second: Page;
  readonly one: AgentTab;
  readonly two: AgentTab;
}

/**
 * The test of a spec that only reads. It gets a pair that all such tests of a worker share, with Traveller's page at the
 * conversation and as wide as Playwright makes it. Nothing may be sent, stored or reloaded.
 */
export const test = base.extend<{ pair: ReadyPair }, { sharedPair: ReadyPair & { readonly address: string } }>({
  sharedPair: [
    async ({ browser }, use, { project }) => {
      const context = await sharedContext(browser, project);
      const [first, second] = [await openTab(context), await openTab(context)];
      const one = await talk(first, second, ...said);
      await use({ first, second, one, two: AgentTab.of(second, helper), address: first.url() });
      await context.close();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  pair: async ({ sharedPair }, use) => {
    const { first, address } = sharedPair;
    await showAgain(first, address);
    await expect(first.getByRole('form', { name: `Send to ${helper}` })).toBeVisible();
    await useWithoutErrors(first.context(), () => use(sharedPair));
  },
});

/** Returns a context for all tests of a worker, as the tests' own contexts are. */
export function sharedContext(browser: Browser, { use: { baseURL } }: FullProject): Promise<BrowserContext> {
  return browser.newContext({ ...devices['Desktop Chrome'], ...(baseURL && { baseURL }) });
}

/** Shows a page of a shared context as it was at `address`, as a link inside the app does it: the agent stays as it is. */
export async function showAgain(page: Page, address: string): Promise<void> {
  await page.setViewportSize(devices['Desktop Chrome'].viewport);
  await page.emulateMedia({ colorScheme: null, media: null, reducedMotion: null, forcedColors: null });
  await page.evaluate((url) => {
    history.pushState(null, '', url);
    dispatchEvent(new PopStateEvent('popstate'));
  }, address);
}

/** Runs a test with the pages of a shared context, and fails it for the errors that they log meanwhile. */
export async function useWithoutErrors(context: BrowserContext, run: () => Promise<void>): Promise<void> {
  const errors = errorsOf(context);
  await run();
  errors.end();
  expect(errors.found, 'errors in the pages of the pair').toEqual([]);
}

export { expect };
