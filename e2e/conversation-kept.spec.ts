import type { Page } from '@playwright/test';
import { expectAccessible, expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { LimitedDisk } from './limited-disk.ts';
import { narrow, showAt } from './looks.ts';
import { talk } from './talk.ts';

const rows = (page: Page) => page.getByRole('log').getByRole('listitem');
const beginnings = (page: Page) => page.getByRole('log').getByRole('button', { name: /how session [0-9a-f]{8} began/ });

test('after a reload the conversation is simply there and goes on, with a line where the next session begins', async ({
  tabs: [first, second],
}) => {
  const one = await talk(first, second, 'before');
  await expect(first).toHaveURL(/\/peer\/helper_agent_001$/);
  await expect(beginnings(first)).toHaveText(['handshake']);
  await first.reload();
  await one.ready();
  await expect(rows(first)).toHaveText([/before/]);
  await expect(beginnings(first)).toHaveText(['handshake', /^resumed [0-9a-f]{8}$/]);
  await one.say('after');
  await expect(rows(first)).toHaveText([/before/, /after/]);
  await expectAccessible(first, 'a conversation across two sessions');
  // The first handshake can still be looked at: its recording is stored.
  await beginnings(first).first().click();
  await expect(first).toHaveURL(/\/session\/[0-9a-f]{32}\/handshake$/);
  await expect(first.getByRole('button', { name: /CLIENT_HELLO/ })).toBeVisible();
  await one.show('Conversation');
  await expect(rows(first)).toHaveCount(2);
});

test('without a session what was said is shown, and sending makes one by itself', async ({ tabs: [first, second] }) => {
  const one = await talk(first, second, 'once');
  await first.getByRole('button', { name: 'Disconnect' }).click();
  await first.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await expect(first.getByText('CLOSED').first()).toBeVisible();
  await first.goto(`/agent/${traveller}`);
  await one.ready();
  await first
    .getByRole('region', { name: /stored on this device$/ })
    .getByRole('link')
    .click();
  await expect(first.getByText('no session', { exact: true })).toBeVisible();
  await expect(rows(first)).toHaveText([/once/]);
  await expectAccessible(first, 'a conversation without a session');
  await one.say('again');
  await expect(rows(first)).toHaveText([/once/, /again/]);
  await expect(beginnings(first)).toHaveText(['handshake', 'handshake']);
});

test('one exchange is led to by its address and deleted for good, then the whole conversation', async ({
  tabs: [first, second],
}) => {
  const one = await talk(first, second, 'stays', 'goes');
  await rows(first).last().getByRole('link').click();
  await expect(first).toHaveURL(/\/peer\/helper_agent_001\?at=2$/);
  await expectAccessible(first, 'an exchange that is led to');
  await first.getByRole('button', { name: 'Delete this exchange' }).click();
  await first.getByRole('dialog').getByRole('button', { name: 'Delete it' }).click();
  await expect(rows(first)).toHaveText([/stays/]);
  await expect(first.getByRole('tabpanel')).toBeFocused();
  await first.goBack();
  await expect(first.getByText('is no longer stored')).toBeVisible();
  await first.reload();
  await one.ready();
  await expect(rows(first)).toHaveText([/stays/]);

  await first.getByRole('button', { name: 'History' }).click();
  const kept = first.getByRole('region', { name: 'Conversations on this device' });
  await expect(kept.getByText('1 exchange', { exact: true })).toBeVisible();
  await kept.getByRole('combobox').selectOption('30 days');
  await expect(kept.getByRole('combobox')).toHaveValue('30 days');
  await expectAccessible(first, 'history');
  await kept.getByRole('button', { name: `Delete the conversation with ${helper}` }).click();
  await expect(first.getByRole('dialog')).toContainText('helper_agent_001 keeps its copy');
  await expectAccessible(first, 'deleting a conversation');
  await first.getByRole('dialog').getByRole('button', { name: 'Delete it' }).click();
  await expect(kept.getByText('No conversations yet.')).toBeVisible();
  await expect(second.getByRole('button', { name: `Talk to ${traveller}` })).toBeVisible();
  await second.getByRole('button', { name: `Talk to ${traveller}` }).click();
  await expect(rows(second)).toHaveText([/stays/, /goes/]);
});

test('a long conversation is read piece by piece: back from its end, and on from an exchange within', async ({
  tabs: [first, second],
}) => {
  test.slow();
  const one = await talk(first, second);
  const total = 105;
  await one.send('echo', '"number 1."');
  // The method stays chosen.
  for (let count = 2; count <= total; count++) {
    await first.getByLabel('Parameters, as JSON').fill(JSON.stringify(`number ${count}.`));
    await first.getByRole('button', { name: 'Send', exact: true }).click();
  }
  await expect(first.getByRole('log').getByText('SUCCESS')).toHaveCount(total, { timeout: 120_000 });
  await first.reload();
  await one.ready();
  await expect(rows(first)).toHaveCount(100);
  const oldest = rows(first).filter({ hasText: 'number 6.' });
  await first.getByRole('button', { name: 'Show older' }).click();
  await expect(rows(first)).toHaveCount(total);
  await expect(oldest).toBeInViewport();
  await expect(first.getByRole('button', { name: 'Show older' })).toHaveCount(0);

  await first.goto(`/agent/${traveller}/peer/${helper}?at=10`);
  await expect(rows(first).filter({ hasText: 'number 10.' })).toBeInViewport();
  await expect(rows(first)).toHaveCount(59);
  await first.getByRole('button', { name: 'Show newer' }).click();
  await expect(rows(first)).toHaveCount(total);
  await expect(first.getByRole('button', { name: 'Show newer' })).toHaveCount(0);

  // What is sent from within a long conversation stands at its end.
  await first.goto(`/agent/${traveller}/peer/${helper}?at=10`);
  await expect(rows(first).filter({ hasText: 'number 10.' })).toBeFocused();
  await one.send('echo', '"from within"');
  await expect(first).toHaveURL(/\/peer\/helper_agent_001$/);
  await expect(one.lastExchange).toContainText('from within');
  await expect(one.lastExchange).toBeInViewport();
});

test('what is being written keeps its place and the keyboard when a session comes', async ({
  tabs: [first, second],
}) => {
  const one = await talk(first, second, 'before');
  await second.goto('/');
  await first.goto(`/agent/${traveller}/peer/${helper}`);
  await one.ready();
  const box = await one.textTo(helper);
  await box.pressSequentially('half a tho');
  await expect(first.getByText(`${helper} is away.`)).toBeVisible();
  await AgentTab.open(second, helper);
  await expect(first.getByText(/^expires in/).last()).toBeVisible();
  await expect(box).toBeFocused();
  await first.keyboard.type('ught');
  await expect(box).toHaveValue('half a thought');
});

test('a full disk is told before anything is lost: nothing is sent, the draft stays, and it goes on when there is room', async ({
  tabs: [first, second],
}) => {
  const disk = await LimitedDisk.under(first);
  const one = await talk(first, second, 'fits');
  await disk.fill();
  await one.send('echo', '"too much"');
  await expect(first.getByRole('alert').filter({ hasText: 'storage_full' }).first()).toBeVisible();
  await expect(first.getByRole('button', { name: 'Make room' })).toBeVisible();
  await expect(first.getByLabel('Parameters, as JSON')).toHaveValue('"too much"');
  await expect(rows(first)).toHaveText([/fits/]);
  await expectAccessible(first, 'a full disk');
  await disk.makeRoom();
  await first.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(rows(first)).toHaveText([/fits/, /too much[\s\S]*SUCCESS/]);
  await expect(first.getByRole('button', { name: 'Make room' })).toHaveCount(0);
  await second.getByRole('button', { name: `Talk to ${traveller}` }).click();
  await expect(rows(second)).toHaveText([/fits/, /too much/]);
});

test('axe finds no violation in a kept conversation and the history on a narrow screen, light or dark', async ({
  tabs: [page, other],
}) => {
  // Made ready on a wide screen, where the peers stand beside the conversation.
  await talk(page, other, 'narrow');
  await showAt(page, narrow);
  await rows(page).getByRole('link').click();
  await expectAccessibleInEachLook(page, 'an exchange that is led to', [narrow]);
  await page.getByRole('button', { name: 'More' }).click();
  await expectAccessibleInEachLook(page, 'more', [narrow]);
  await page.getByRole('button', { name: 'History' }).click();
  await expect(page.getByText('There is no backup of the keys, by design.').first()).toBeVisible();
  await expectAccessibleInEachLook(page, 'history', [narrow]);
});
