import { AgentTab, helper, traveller } from './agent-tab.ts';
import { tabTo } from './by-keyboard.ts';
import { GroupTab } from './group-tab.ts';
import { expect, test } from './harness.ts';

const team = 'night-watch';

test('a group is made, talked and asked in, looked into, a member removed, and left, by keyboard alone', async ({
  tabs: [first, second],
}) => {
  test.slow();
  await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);
  const { keyboard } = first;
  await expect(first.getByRole('button', { name: `Connect to ${helper}` })).toBeEnabled();

  await tabTo(first, /^New group$/);
  await keyboard.press('Enter');
  await expect(first.getByRole('dialog')).toBeVisible();
  await expect(first.getByRole('checkbox', { name: new RegExp(helper) })).toBeVisible();
  await first.getByRole('textbox', { name: 'Name' }).waitFor();
  await tabTo(first, /^Name$/);
  await keyboard.type(team);
  await tabTo(first, new RegExp(`^${helper}`));
  await keyboard.press('Space');
  await tabTo(first, /^Create$/);
  await keyboard.press('Enter');
  await expect(first.getByRole('tab', { name: 'Members' })).toBeVisible();
  await GroupTab.accept(two, team);

  await keyboard.press('c');
  await keyboard.type('All quiet.');
  await keyboard.press('Enter');
  await expect(second.getByRole('log').getByText('All quiet.')).toBeVisible();
  await tabTo(first, /^message$/);
  await keyboard.press('ArrowRight');
  // Back over Send to the box.
  await keyboard.press('Shift+Tab');
  await keyboard.press('Shift+Tab');
  await expect(first.getByRole('textbox', { name: `Question to ${team}` })).toBeFocused();
  await keyboard.type('Who is awake?');
  await keyboard.press('Enter');
  await expect(first.getByText('Answered', { exact: true })).toBeVisible();

  await first.getByRole('tab', { name: 'Conversation' }).focus();
  await keyboard.press('ArrowRight');
  await tabTo(first, new RegExp(`^Remove ${helper}$`));
  await keyboard.press('Enter');
  await expect(first.getByRole('dialog')).toBeVisible();
  await keyboard.press('Escape');
  await expect(first.getByRole('button', { name: `Remove ${helper}` }), 'the focus is back').toBeFocused();
  await keyboard.press('Enter');
  await tabTo(first, /^Remove it$/);
  await keyboard.press('Enter');
  await expect(second.getByText('This agent was removed from the group.')).toBeVisible();

  await first.getByRole('tab', { name: 'Members' }).focus();
  await keyboard.press('ArrowRight');
  await expect(first.getByRole('region', { name: /^Ratchet tree of epoch/ })).toBeVisible();
  await tabTo(first, /^Epoch \d/);
  await keyboard.press('Home');
  await keyboard.press('Enter');
  await expect(first).toHaveURL(/epoch=1/);
  await tabTo(first, /^Mark what/);
  await keyboard.type(helper);
  await expect(first).toHaveURL(new RegExp(`who=${helper}`));

  await tabTo(first, new RegExp(`^Leave ${team}$`), 60);
  await keyboard.press('Enter');
  await tabTo(first, /^Leave$/);
  await keyboard.press('Enter');
  await expect(first.getByRole('dialog')).toHaveCount(0);
  await expect(first.getByRole('button', { name: `Leave ${team}` })).toHaveCount(0);
});
