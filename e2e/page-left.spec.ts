import type { Page } from '@playwright/test';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { talk } from './talk.ts';

/** What a browser does with a page that it keeps to go back to, or shows again. */
function transition(page: Page, type: 'pagehide' | 'pageshow'): Promise<unknown> {
  return page.evaluate((name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type);
}

test('a page that was left frees its agent for another tab, and does not take it back by itself when it is shown again', async ({
  tabs: [first, second],
}) => {
  const left = await AgentTab.open(first, traveller);
  await transition(first, 'pagehide');
  await AgentTab.open(second, traveller);
  await transition(first, 'pageshow');
  await expect(first.getByRole('heading', { name: 'This agent is open in another tab' })).toBeVisible();
  await first.getByRole('button', { name: 'Take over here' }).click();
  await left.ready();
});

test('a page that is shown again goes on with its agent, its conversation and its session', async ({
  tabs: [first, second],
}) => {
  const one = await talk(first, second, 'before');
  await transition(first, 'pagehide');
  await transition(first, 'pageshow');
  await one.ready();
  await expect(
    first
      .getByRole('list', { name: /^Sessions with/ })
      .getByText(/^resumed/)
      .first(),
  ).toBeVisible();
  await one.talkTo(helper);
  await one.say('after');
  await expect(first.getByRole('log').getByRole('listitem')).toHaveText([/before/, /after/]);
});
