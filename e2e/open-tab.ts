import type { BrowserContext, Page } from '@playwright/test';

/**
 * Another tab of `context`, in a window of its own. In one window Chromium draws a tab that is not in front once a second,
 * and every click waits for two frames.
 */
export async function openTab(context: BrowserContext): Promise<Page> {
  const [neighbour] = context.pages();
  const browser = context.browser();
  if (neighbour === undefined || browser === null) return context.newPage();
  const beside = await context.newCDPSession(neighbour);
  const { targetInfo } = await beside.send('Target.getTargetInfo');
  await beside.detach();
  const control = await browser.newBrowserCDPSession();
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    control.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      ...(targetInfo.browserContextId === undefined ? {} : { browserContextId: targetInfo.browserContextId }),
    }),
  ]);
  await control.detach();
  return tab;
}
