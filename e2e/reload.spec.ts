import { AgentTab, helper, traveller } from './agent-tab.ts';
import { handshakesOf } from './handshakes.ts';
import { expect, test } from './harness.ts';
import { talk } from './talk.ts';

for (const who of ['the client', 'the server', 'both at once'] as const) {
  test(`after a reload of ${who} the conversation goes on by itself: one resumption, no RSA handshake`, async ({
    tabs: [first, second],
    network,
  }) => {
    const one = await talk(first, second, 'before');
    const two = AgentTab.of(second, helper);
    const before = (await network.exchanges()).length;

    const reloaded = { 'the client': [one], 'the server': [two], 'both at once': [one, two] }[who];
    await Promise.all(reloaded.map(({ page }) => page.reload()));
    await Promise.all(reloaded.map((tab) => tab.ready()));
    for (const { page } of [one, two]) {
      await expect(
        page
          .getByRole('list', { name: /^Sessions with/ })
          .getByText(/^resumed/)
          .first(),
      ).toBeVisible();
    }
    await one.talkTo(helper);
    await one.say('after');
    await two.talkTo(traveller);
    await two.say('and back');
    expect(handshakesOf((await network.exchanges()).slice(before))).toEqual(['RESUME_HELLO → RESUME_ACCEPT']);
    await expectOnceInOrder([one, two], ['before', 'after', 'and back']);
  });
}

for (const who of ['who asks', 'who is asked', 'both at once'] as const) {
  test(`a reload of ${who} in the middle of a request: it is answered, and ran once`, async ({
    tabs: [first, second],
    network,
  }) => {
    const one = await talk(first, second, 'before');
    const two = AgentTab.of(second, helper);
    await two.talkTo(traveller);
    await second.getByText('I answer', { exact: true }).click();
    const before = (await network.exchanges()).length;
    await one.send('echo', '"under way"');
    await expect(two.lastExchange).toContainText('under way');
    await expect(second.getByRole('button', { name: 'Answer', exact: true }).first()).toBeVisible();

    const reloaded = { 'who asks': [one], 'who is asked': [two], 'both at once': [one, two] }[who];
    await Promise.all(reloaded.map(({ page }) => page.reload()));
    await Promise.all(reloaded.map((tab) => tab.ready()));
    if (who === 'who asks') {
      await one.talkTo(helper);
      await second.getByLabel('Your answer').first().fill('by hand');
      await second.getByRole('button', { name: 'Answer', exact: true }).first().click();
    }
    await expect(one.lastExchange).toContainText('under way');
    await expect(one.lastExchange).toContainText('SUCCESS');
    expect(handshakesOf((await network.exchanges()).slice(before))).toEqual(['RESUME_HELLO → RESUME_ACCEPT']);
    await expectOnceInOrder([one, two], ['before', 'under way']);
  });
}

async function expectOnceInOrder(tabs: readonly AgentTab[], words: readonly string[]): Promise<void> {
  for (const { page } of tabs) {
    const rows = page.getByRole('log').getByRole('listitem');
    await expect(rows).toHaveText(words.map((word) => new RegExp(word)));
  }
}
