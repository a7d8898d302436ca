import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './harness.ts';
import { inEachLook, narrow, wide } from './looks.ts';

/** Expects that axe finds nothing on the page as it stands, and that it does not scroll sideways. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  const isLoaded = await page.evaluate(() => 'axe' in window);
  const builder = new AxeBuilder({ page, ...(isLoaded ? { axeSource: ';' } : {}) });
  // The legacy mode leaves out frames of other origins, of which there are none, and a page of its own for each result.
  const { violations } = await builder
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect(found, screen).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow, `${screen} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** Expects the same of the page in light and in dark, at each width. */
export function expectAccessibleInEachLook(page: Page, screen: string, widths = [wide, narrow]): Promise<void> {
  return inEachLook(page, widths, (look) => expectAccessible(page, `${screen}, ${look}`));
}
