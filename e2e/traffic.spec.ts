import type { Page } from '@playwright/test';
import { expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { talk } from './talk.ts';

/** What Traveller says to Helper. */
const said = ['the blue door', 'the red door', 'nothing else'];

const list = (page: Page) => page.getByRole('listbox', { name: 'HTTP exchanges, the newest last' });

test('a message is found by what it said, opened by keyboard, and has a link of its own', async ({
  tabs: [first, second],
}) => {
  await talk(first, second, ...said);
  await first.keyboard.press('Escape');
  await first.getByRole('heading', { name: /Peers/ }).focus();
  await first.keyboard.press('g');
  await first.keyboard.press('t');
  await expect(first).toHaveURL(/\/traffic$/);
  await expect(first.getByRole('heading', { name: 'Traffic' })).toBeFocused();
  await expect(list(first).getByRole('option')).toHaveCount(5);
  await first.keyboard.press('/');
  await first.keyboard.type('RED DOOR');
  await expect(list(first).getByRole('option')).toHaveCount(1);
  await expect(first).toHaveURL(/\/traffic\?q=RED\+DOOR$/);
  await expect(first.getByText('1 of 5 HTTP exchanges')).toBeVisible();

  await list(first).focus();
  await first.keyboard.press('ArrowDown');
  await first.keyboard.press('Enter');
  await expect(first).toHaveURL(/\/traffic\/[0-9a-f]{16}\?q=/);
  const detail = first.getByRole('region', { name: 'The open HTTP exchange' });
  await expect(detail.getByRole('region', { name: 'Content' })).toContainText('the red door');
  await detail.getByText('The request, as sent').click();
  await expect(detail.locator(`button[data-member="encrypted_payload.ciphertext"]`).first()).toBeVisible();
  const address = first.url();
  await first.keyboard.press('Escape');
  await detail.getByRole('button', { name: 'Close' }).click();
  await expect(first).toHaveURL(/\/traffic\?q=/);
  await first.goBack();
  await expect(first).toHaveURL(address);
  await expect(detail).toBeVisible();
  await detail.getByRole('button', { name: 'Handshake' }).click();
  await expect(first).toHaveURL(/\/handshake$/);
});

test('the traffic is narrowed by kind, direction and status, paused, resumed and cleared', async ({
  tabs: [first, second],
}) => {
  const one = await talk(first, second, ...said);
  await first
    .getByRole('button', { name: /^Traffic/ })
    .first()
    .click();
  await first.getByLabel('Kind').selectOption('CLIENT_HELLO');
  await expect(list(first).getByRole('option')).toHaveCount(1);
  await expect(list(first)).toContainText('CLIENT_HELLO');
  await first.getByLabel('Kind').selectOption('');
  await first.getByLabel('Direction').selectOption('incoming');
  await expect(first.getByText('No exchange matches the filter.')).toBeVisible();
  await first.getByLabel('Direction').selectOption('');
  await first.getByLabel('Status').selectOption('ok');
  await expect(list(first).getByRole('option')).toHaveCount(5);

  await first.getByRole('button', { name: 'Pause' }).click();
  const two = await AgentTab.open(second, helper);
  await two.talkTo(traveller);
  await two.send('ping', 'null');
  await expect(two.lastExchange).toContainText('SUCCESS');
  await expect(first.getByText(/paused, [1-9]\d* more since/)).toBeVisible();
  await expect(list(first).getByRole('option')).toHaveCount(5);
  await first.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(list(first)).toContainText('ping');

  await first.getByRole('button', { name: 'Clear' }).click();
  await first.getByRole('dialog').getByRole('button', { name: 'Clear' }).click();
  await expect(first.getByText('No traffic yet.')).toBeVisible();
  // With nobody there, nothing is resumed.
  await second.goto('about:blank');
  await first.goto(`/agent/${traveller}/traffic/0123456789abcdef`);
  await one.ready();
  await expect(first.getByText('No traffic yet.')).toBeVisible();
});

test('axe finds no violation in the traffic, light or dark, wide or narrow', async ({ tabs: [page, other] }) => {
  await talk(page, other, ...said);
  await page
    .getByRole('button', { name: /^Traffic/ })
    .first()
    .click();
  await expect(list(page).getByRole('option').first()).toBeVisible();
  await expectAccessibleInEachLook(page, 'traffic');
  await list(page).getByRole('option').last().click();
  await expect(page.getByRole('region', { name: 'Content' })).toBeVisible();
  await expectAccessibleInEachLook(page, 'an open row');
});
