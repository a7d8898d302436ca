import type { Page } from '@playwright/test';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';

declare global {
  interface Window {
    notified: (readonly [title: string, body: string | undefined])[];
    /** What `document.visibilityState` says from now on. */
    seen: DocumentVisibilityState;
  }
}

test('what nobody has seen is counted beside the peer, in the title and in the icon, and a waiting request is notified', async ({
  tabs: [first, second],
}) => {
  await second.addInitScript(() => {
    window.notified = [];
    window.seen = 'visible';
    Object.defineProperty(document, 'visibilityState', { get: () => window.seen });
    class Notified extends EventTarget {
      static permission = 'granted';
      constructor(title: string, options?: NotificationOptions) {
        super();
        window.notified.push([title, options?.body]);
      }
    }
    Object.assign(window, { Notification: Notified });
  });
  const one = await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);
  const plainIcon = await icon(second);
  expect(plainIcon).toContain('data:image/svg+xml');
  expect(plainIcon, 'each agent has its own').not.toBe(await icon(first));
  await one.connect(helper);
  await second.goto(`/agent/${helper}/audit`);
  await two.ready();
  await one.say('first');
  await one.say('second');
  const unread = second.getByRole('listitem').filter({ hasText: traveller }).getByText('2 unread');
  await expect(unread).toBeAttached();
  await expect(second).toHaveTitle(`(2) ${helper} · Parley`);
  expect(await icon(second)).not.toBe(plainIcon);
  await expect(first, 'an answer that is on screen is seen').toHaveTitle(`${traveller} · Parley`);

  await second.reload();
  await two.ready();
  await expect(second, 'a reload keeps the count').toHaveTitle(`(2) ${helper} · Parley`);
  await two.talkTo(traveller);
  await expect(second).toHaveTitle(`${helper} · Parley`);
  await expect(unread).not.toBeAttached();

  await second.getByText('I answer', { exact: true }).click();
  await second.evaluate(() => {
    window.seen = 'hidden';
  });
  await one.send('echo', '"third"');
  await expect(second).toHaveTitle(`(1) ${helper} · Parley`);
  await expect
    .poll(() => second.evaluate(() => window.notified))
    .toEqual([[`${traveller} waits for your answer`, `${helper} · Parley`]]);
  await second.evaluate(() => {
    window.seen = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect(second).toHaveTitle(`${helper} · Parley`);
});

function icon(page: Page): Promise<string | null> {
  return page.locator('link[rel="icon"]').getAttribute('href');
}
