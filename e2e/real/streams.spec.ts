import type { Page } from '@playwright/test';
import { expectAccessibleInEachLook } from '../accessible.ts';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { expect, test } from './served.ts';

/** Notes each text that the newest answer is drawn with from now on, as a person sees it. */
async function noteRenders(page: Page): Promise<void> {
  await page.evaluate(() => {
    const drawn: string[] = [];
    const log = document.querySelector('[role="log"]');
    if (log === null) throw new Error('There is no conversation.');
    new MutationObserver(() => {
      const text = [...log.querySelectorAll('.answer-body pre')].at(-1)?.textContent ?? '';
      if (text !== '' && text !== drawn.at(-1)) drawn.push(text);
    }).observe(log, { childList: true, characterData: true, subtree: true });
    Object.assign(window, { drawn });
  });
}

const renders = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const drawn: unknown = Reflect.get(window, 'drawn');
    return Array.isArray(drawn) ? drawn.map(String) : [];
  });

test('an answer appears word by word, Stop ends it at the other side, and the conversation goes on', async ({
  profiles,
  server,
}) => {
  test.slow();
  const first = await profiles.open(server.url);
  const second = await profiles.open(server.url);
  const one = await AgentTab.open(first.page, traveller);
  const two = await AgentTab.open(second.page, helper);
  await one.connect(helper);
  await two.talkTo(traveller);

  await noteRenders(first.page);
  await one.send('tell', '{"every_ms": 150}');
  await expect.poll(async () => (await renders(first.page)).length).toBeGreaterThanOrEqual(10);
  await expect(one.lastExchange).toContainText('arriving');
  await one.lastExchange.getByRole('button', { name: 'Stop' }).click();
  await expect(one.lastExchange).toContainText('STOPPED');
  await expect(one.lastExchange).toContainText(/You stopped it after \d+ B\./);
  await expect(one.lastExchange.getByRole('button', { name: 'Stop' })).toHaveCount(0);
  const drawn = await renders(first.page);
  for (const [at, text] of drawn.entries()) expect(text.startsWith((drawn[at - 1] ?? '').trimEnd())).toBe(true);
  await expect(two.lastExchange).toContainText('CANCELLED');
  const stopped = two.page.getByRole('log').getByRole('listitem').filter({ hasText: 'tell' });
  const amount = stopped.locator('.answer-amount');
  await expect(amount).toHaveText(/Traveller cancelled this after \d+ B\./);
  const madeThen = await amount.innerText();

  // For all the time of another stream nothing more is made of the one that was stopped.
  await one.send('count', '{"to": 20, "every_ms": 50}');
  await expect(one.lastExchange).toContainText('20 items, 51 B');
  await expect(one.lastExchange).toContainText('SUCCESS');
  await expect(amount).toHaveText(madeThen);

  await one.send('tell', '{"every_ms": 5000}');
  await expect(one.lastExchange).toContainText('arriving');
  await expect(two.lastExchange).toContainText('sending');
  await expectAccessibleInEachLook(first.page, 'an answer that arrives');
  await expectAccessibleInEachLook(second.page, 'an answer that is sent');
  await expect(one.lastExchange).toContainText('arriving');
});
