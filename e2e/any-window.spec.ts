import type { Page } from '@playwright/test';
import { helper } from './agent-tab.ts';
import { expect, said, test } from './ready-pair.ts';

/** True if a click in the middle of what is named reaches it, once it is scrolled into view. */
async function isReachable(page: Page, name: string): Promise<boolean> {
  const button = page.getByRole('button', { name, exact: true });
  await button.scrollIntoViewIfNeeded();
  return button.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
}

test('a low window and one at 400 % zoom show the conversation, and nothing covers the way to send', async ({
  pair: { first: page },
}) => {
  for (const [width, height] of [
    [667, 375],
    [320, 256],
  ] as const) {
    await page.setViewportSize({ width, height });
    const log = page.getByRole('log', { name: 'Conversation' }).or(page.locator('.conversation')).first();
    await expect.poll(async () => (await log.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(150);
    await expect
      .poll(() => isReachable(page, 'Send'), { message: `Send is uncovered at ${width} × ${height}` })
      .toBe(true);
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await expect
      .poll(sideways, { message: `pixels to scroll sideways at ${width} × ${height}` })
      .toBeLessThanOrEqual(0);
  }
});

test('a low window has the agent, its conversation and its menus in one line, and no line of the console', async ({
  pair: { first: page },
}) => {
  await page.setViewportSize({ width: 667, height: 375 });
  await expect(page.locator('.page-header')).toBeHidden();
  await expect(page.getByRole('button', { name: 'console' })).toBeHidden();
  const line = page.locator('.identity');
  await expect(line.getByRole('heading', { level: 2 })).toHaveText(helper);
  expect((await line.boundingBox())?.height).toBeLessThan(44);
  await line.getByRole('button', { name: `About the session with ${helper}` }).click();
  await expect(page.getByRole('button', { name: 'Update keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await openConsole(page);
});

test('a telephone has one row for the agent, and its menu leads to everything that is folded away', async ({
  pair: { first: page },
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.locator('.page-header')).toBeHidden();
  await expect(page.getByRole('link', { name: 'Parley: home' })).toBeVisible();
  expect((await page.locator('.identity').boundingBox())?.height).toBeLessThan(52);
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await expect(page.getByRole('button', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
  await expect(page.getByRole('button', { name: /^Menu of/ })).toBeFocused();
  await openConsole(page);
});

/** Opens the console from the agent's menu, and closes it: the focus returns to the menu. */
async function openConsole(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('button', { name: 'Console' }).click();
  await expect(page.getByRole('textbox', { name: /^Command for/ })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /^Menu of/ })).toBeFocused();
}

test('nothing hidden lengthens the page', async ({ pair: { first: page } }) => {
  const hidden = () => page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  await expect.poll(hidden).toBeLessThanOrEqual(0);
});

test('the selected tab can be told from the others in the colours of the system', async ({ pair: { first: page } }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  const ground = (name: string) =>
    page.getByRole('tab', { name }).evaluate((element) => getComputedStyle(element).backgroundColor);
  await expect.poll(() => ground('Conversation')).not.toBe(await ground('Handshake'));
  expect(await ground('Wire')).toBe(await ground('Handshake'));
});

test('a page on paper is all of it', async ({ pair: { first: page } }) => {
  await page.setViewportSize({ width: 1024, height: 400 });
  const print = async () => {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  };
  await print();
  const conversation = page.locator('.conversation');
  await expect
    .poll(() => conversation.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight))
    .toBeLessThanOrEqual(0);
  await expect(page.getByRole('form', { name: `Send to ${helper}` })).toBeHidden();

  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.getByRole('button', { name: /^Traffic/ }).click();
  await expect(page.getByRole('heading', { name: 'Traffic' })).toBeVisible();
  await print();
  // Two of the handshake, and every request.
  await expect(page.getByRole('option')).toHaveCount(said.length + 2);
});
