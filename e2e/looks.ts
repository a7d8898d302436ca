import type { Page } from '@playwright/test';

/** Widths that a page is looked at in, in pixels: a screen on a desk, and a telephone. */
export const wide = 1440;
export const narrow = 390;

const height = 900;

/** Gives a page a window of this width, in which nothing moves. */
export async function showAt(page: Page, width: number): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height });
}

/**
 * Looks at a page as it stands in light and in dark at each width, by `look`, which gets the look's name. Afterwards the page
 * is as wide as before, and light.
 */
export async function inEachLook(
  page: Page,
  widths: readonly number[],
  look: (name: string) => Promise<void>,
): Promise<void> {
  const before = page.viewportSize();
  for (const width of widths) {
    await showAt(page, width);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await drawn(page);
      await look(`${colorScheme}, ${width} px wide`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (before !== null) await page.setViewportSize(before);
}

/** Resolves once the page has been drawn in what was just changed. */
function drawn(page: Page): Promise<void> {
  return page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}
