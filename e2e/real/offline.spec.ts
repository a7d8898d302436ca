import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { expect, test } from './served.ts';

const minuteMs = 60_000;

test('what both say while nothing can be reached for a minute arrives once, in its order, in the session that they had', async ({
  profiles,
  server,
}) => {
  const first = await profiles.open(server.url);
  const second = await profiles.open(server.url);
  const one = await AgentTab.open(first.page, traveller);
  const two = await AgentTab.open(second.page, helper);
  await one.connect(helper);
  await one.say('before');
  await two.talkTo(traveller);

  await server.end();
  const endedAt = Date.now();
  for (const tab of [one, two]) await expect(tab.page.getByText(/relay lost, next try in/)).toBeVisible();
  for (const word of ['there 1', 'there 2', 'there 3']) await one.send('echo', JSON.stringify(word));
  for (const word of ['back 1', 'back 2']) await two.send('echo', JSON.stringify(word));
  await expect(one.page.getByRole('log').getByRole('listitem')).toHaveCount(4);
  await expect(two.page.getByRole('log').getByRole('listitem')).toHaveCount(3);
  // It is the minute that is tested: whatever gives up earlier fails here.
  await expect.poll(() => Date.now() - endedAt, { timeout: 2 * minuteMs }).toBeGreaterThan(minuteMs);
  await server.start();

  const said = { [traveller]: ['before', 'there 1', 'there 2', 'there 3'], [helper]: ['back 1', 'back 2'] };
  for (const { page, agentId } of [one, two]) {
    const rows = page.getByRole('log').getByRole('listitem');
    await expect(rows.filter({ hasText: 'SUCCESS' })).toHaveCount(6, { timeout: minuteMs });
    await expect(rows).toHaveCount(6);
    for (const words of Object.values(said)) {
      const texts = await rows.filter({ hasText: new RegExp(words.join('|')) }).allInnerTexts();
      expect(
        texts.map((text) => words.find((word) => text.includes(word))),
        agentId,
      ).toEqual(words);
    }
    await expect(page.locator('.session-row')).toHaveCount(1);
  }
});
