import { devices, type Page } from '@playwright/test';
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
      const { baseURL } = project.use;
      const context = await browser.newContext({ ...devices['Desktop Chrome'], ...(baseURL && { baseURL }) });
      const [first, second] = [await openTab(context), await openTab(context)];
      const one = await talk(first, second, ...said);
      await use({ first, second, one, two: AgentTab.of(second, helper), address: first.url() });
      await context.close();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  pair: async ({ sharedPair }, use) => {
    const { first, second, address } = sharedPair;
    const errors = errorsOf(first.context());
    for (const page of [first, second]) {
      await page.setViewportSize(devices['Desktop Chrome'].viewport);
      await page.emulateMedia({ colorScheme: null, media: null, reducedMotion: null, forcedColors: null });
    }
    // As a link inside the app does it: the agent stays as it is.
    await first.evaluate((url) => {
      history.pushState(null, '', url);
      dispatchEvent(new PopStateEvent('popstate'));
    }, address);
    await expect(first.getByRole('form', { name: `Send to ${helper}` })).toBeVisible();
    await use(sharedPair);
    errors.end();
    expect(errors.found, 'errors in the pages of the pair').toEqual([]);
  },
});

export { expect };
