import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { openTab } from './open-tab.ts';

test('a message that is left for a peer that is away is answered when it returns', async ({
  tabs: [first, second],
}) => {
  const one = await AgentTab.open(first, traveller);
  await AgentTab.open(second, helper);
  await one.connect(helper);
  await one.say('Are you there?');
  await second.close();
  await expect(first.getByRole('checkbox', { name: 'leave a message' })).toBeChecked();
  const field = await one.textTo(helper);
  await expect(field).toHaveAttribute('placeholder', 'Helper is away. Leave a message');
  await field.fill('Call me back.');
  await first.keyboard.press('Enter');
  await expect(one.lastExchange).toContainText('stored');
  await first.reload();
  await one.ready();

  const two = await AgentTab.open(await openTab(first.context()), helper);
  await expect(one.lastExchange).toContainText('Call me back.');
  await expect(one.lastExchange).toContainText('answered');
  await two.page.goto(`/agent/${helper}/peer/${traveller}`);
  await expect(two.lastExchange).toContainText('Call me back.');
});
