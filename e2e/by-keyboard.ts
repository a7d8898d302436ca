import type { Page } from '@playwright/test';

/** What has the focus, as a person who only hears it is told. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element?.getAttribute('aria-label') ?? element?.closest('label')?.textContent ?? element?.textContent;
    return (label ?? '').trim();
  });
}

/** Presses Tab until what has the focus is called so; returns how often. Fails after `most` stops. */
export async function tabTo(page: Page, name: RegExp, most = 40): Promise<number> {
  const way: string[] = [];
  while (way.length < most) {
    await page.keyboard.press('Tab');
    way.push(await focused(page));
    if (name.test(way.at(-1) ?? '')) return way.length;
  }
  throw new Error(`${most} stops do not lead to ${name}: ${way.join(' | ')}`);
}
