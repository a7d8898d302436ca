import { expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { GroupTab } from './group-tab.ts';
import { expect, test } from './harness.ts';
import { narrow, wide } from './looks.ts';
import { openTab } from './open-tab.ts';
import { readStorage } from './storage.ts';

const scout = 'scout_agent_001';
const team = 'release-team';

test('a group is made, joined, talked and asked in, renamed, and left', async ({ context, tabs: [first, second] }) => {
  test.slow();
  const one = await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);
  const three = await AgentTab.open(await openTab(context), scout);
  await first.getByRole('button', { name: 'New group' }).click();
  await expect(first.getByRole('checkbox', { name: new RegExp(helper) })).toBeVisible();
  await expectAccessibleInEachLook(first, 'making a group');
  await first.keyboard.press('Escape');
  const ofTraveller = await GroupTab.create(one, team, [helper, scout]);
  await expect(ofTraveller.happened('created the group')).toContainText(traveller);
  await expect(ofTraveller.happened('added')).toContainText(helper);
  await expect(three.page, 'an invitation is unread').toHaveTitle(`(1) ${scout} · Parley`);
  await second.getByRole('link', { name: team }).click();
  await expect(second.getByRole('button', { name: 'Accept' })).toBeVisible();
  await expectAccessibleInEachLook(second, 'an invitation');
  const ofHelper = await GroupTab.accept(two, team);
  const ofScout = await GroupTab.accept(three, team);

  await ofTraveller.say('The release is on Thursday.');
  await expect(ofTraveller.said('Thursday')).toContainText(/stored|delivered/);
  for (const tab of [ofHelper, ofScout]) {
    await expect(tab.said('Thursday')).toContainText(traveller);
  }
  await ofHelper.say('Noted.');
  await expect(ofTraveller.said('Noted.')).toContainText(helper);

  await ofTraveller.ask('Who is ready?');
  const asked = ofTraveller.said('Who is ready?');
  await expect(asked).toContainText('All 2 have answered');
  for (const agentId of [helper, scout])
    await expect(asked.getByRole('list', { name: 'Answers' })).toContainText(agentId);
  await expect(ofScout.said('Who is ready?').getByRole('list', { name: 'Answers' })).toContainText(helper);
  await expectAccessibleInEachLook(first, 'a group’s conversation', [wide, 768, narrow]);
  for (const view of ['Tree', 'Keys'] as const) {
    await ofTraveller.show(view);
    await expect(first.getByRole('button', { name: /^Epoch 1/ })).toBeVisible();
    await expectAccessibleInEachLook(first, `a group’s ${view}`);
  }
  await ofTraveller.show('Conversation');

  await first.getByRole('radio', { name: 'message', exact: true }).check({ force: true });
  await first.getByLabel('File to attach').setInputFiles({
    name: '../../plan.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('the plan'),
  });
  // What is chosen and written outlasts a reload.
  const box = first.getByRole('textbox', { name: `Message to ${team}` });
  await box.fill('Here is');
  await expect
    .poll(async () => (await readStorage(first)).bytes.filter(({ path }) => /parley-drafts-.*files/.test(path)).length)
    .toBe(2);
  await first.reload();
  await one.ready();
  await expect(first.getByText('plan.txt')).toBeVisible();
  await ofTraveller.say('Here is the plan.');
  const downloading = second.waitForEvent('download');
  await ofHelper.said('Here is the plan.').getByRole('button', { name: 'Save plan.txt' }).click();
  expect((await downloading).suggestedFilename()).toBe('plan.txt');

  await ofTraveller.show('Members');
  await expectAccessibleInEachLook(first, 'a group’s members');
  await first.getByRole('textbox', { name: 'Name of the group' }).fill('night-shift');
  await first.getByRole('button', { name: 'Rename' }).click();
  await expect(ofHelper.happened('renamed the group')).toContainText('night-shift');
  await first.getByRole('button', { name: `Remove ${scout}` }).click();
  await first.getByRole('button', { name: 'Remove it' }).click();
  await expect(three.page.getByText('This agent was removed from the group.')).toBeVisible();
  await expectAccessibleInEachLook(three.page, 'a group that one is out of', [narrow]);
  await ofTraveller.show('Conversation');
  await expect(ofTraveller.happened('removed')).toContainText(scout);

  await second.getByRole('button', { name: 'Leave night-shift' }).click();
  await second.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
  await expect(second.getByText('This agent left the group.')).toBeVisible();
  await expect(ofTraveller.happened(`${helper} left`)).toBeVisible();
  await second.getByRole('button', { name: 'Forget night-shift' }).click();
  await second.getByRole('button', { name: 'Forget it' }).click();
  await expect(second.getByRole('link', { name: 'night-shift' })).toHaveCount(0);
});
