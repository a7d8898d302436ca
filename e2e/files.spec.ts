import type { Page } from '@playwright/test';
import { expectAccessibleInEachLook } from './accessible.ts';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { narrow, wide } from './looks.ts';
import { talk } from './talk.ts';

const widths = [wide, 768, narrow];
const rtl = '\u05d3\u05d5\u05d7 \u05e9\u05e0\u05ea\u05d9.pdf';

/** A PNG of one pixel. */
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

interface Given {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const textOf = (name: string, words: string): Given => ({ name, mimeType: 'text/plain', buffer: Buffer.from(words) });
const give = (page: Page, peerId: string, ...files: Given[]) =>
  page.getByLabel(`Files for ${peerId}`).setInputFiles(files);
const row = (page: Page, name: string) => page.getByRole('log').getByRole('listitem').filter({ hasText: name });

test('an offer waits unread, is accepted or declined, and what has come is shown, saved and removed', async ({
  tabs: [first, second],
}) => {
  await second.addInitScript(() => Object.assign(window, { showSaveFilePicker: undefined }));
  await talk(first, second, 'hello');
  const two = AgentTab.of(second, helper);
  await second.goto(`/agent/${helper}/audit`);
  await two.ready();

  await give(
    first,
    helper,
    textOf('notes.txt', 'Some notes'),
    textOf('empty.txt', ''),
    textOf(rtl, 'x'.repeat(2_000)),
    {
      name: 'dot.png',
      mimeType: 'application/octet-stream',
      buffer: dot,
    },
  );
  await expect(row(first, 'dot.png')).toContainText(`${helper} has not decided yet. Nothing has been sent.`);
  await expect(second).toHaveTitle(`(4) ${helper} · Parley`);
  await two.talkTo(traveller);
  await expect(second).toHaveTitle(`${helper} · Parley`);
  await expect(row(second, 'notes.txt')).toContainText(`${traveller} offers this file.`);
  await expectAccessibleInEachLook(second, 'files that are offered', widths);
  await expectAccessibleInEachLook(first, 'files that were offered', widths);

  await second.getByRole('button', { name: 'Decline notes.txt' }).click();
  await expect(row(first, 'notes.txt')).toContainText(`${helper} declined it. No bytes were sent.`);
  await first.getByRole('button', { name: `Cancel ${rtl}` }).click();
  await expect(row(second, rtl)).toContainText('CANCELLED');
  // By keyboard: the row keeps the focus as its buttons change.
  await second.getByRole('button', { name: 'Accept empty.txt' }).press('Enter');
  await expect(second.getByRole('button', { name: 'Save empty.txt' })).toBeVisible();
  await second.getByRole('button', { name: 'Accept dot.png' }).click();
  await expect(row(second, 'dot.png')).toContainText('✓ hash equal on both sides');
  await expect(row(second, 'dot.png').getByRole('img', { name: 'dot.png' })).toBeVisible();
  await expect(row(first, 'dot.png')).toContainText('SENT');
  await expectAccessibleInEachLook(second, 'files that are over', widths);
  await expectAccessibleInEachLook(first, 'files that were sent', widths);

  const downloaded = second.waitForEvent('download');
  await second.getByRole('button', { name: 'Save empty.txt' }).click();
  expect((await downloaded).suggestedFilename()).toBe('empty.txt');
  await second.reload();
  await two.ready();
  await expect(row(second, 'dot.png').getByRole('img', { name: 'dot.png' })).toBeVisible();
  await second.getByRole('button', { name: 'Remove dot.png' }).click();
  await expectAccessibleInEachLook(second, 'removing a file', widths);
  await second.getByRole('button', { name: 'Remove it' }).click();
  await expect(row(second, 'dot.png')).toHaveCount(0);
  await expect(row(first, 'dot.png')).toContainText('SENT');
});

test('a peer’s policy accepts its files up to a size, or none; a folder is refused', async ({
  tabs: [first, second],
}) => {
  await talk(first, second, 'hello');
  await AgentTab.of(second, helper).talkTo(traveller);
  await second.getByRole('button', { name: `files: ask: when ${traveller} offers one` }).click();
  await second.getByRole('radio', { name: 'accept it up to' }).check();
  await second.getByRole('combobox', { name: 'Largest file to accept' }).selectOption('1000000');
  await expectAccessibleInEachLook(second, 'the policy of a peer', [wide]);
  await give(first, helper, textOf('small.txt', 'By itself'), textOf('large.txt', 'x'.repeat(1_000_001)));
  await expect(row(second, 'small.txt')).toContainText('RECEIVED');
  await expect(second.getByRole('button', { name: 'Accept large.txt' })).toBeVisible();
  await second.getByRole('radio', { name: 'decline it' }).check();
  await expect(second.getByRole('button', { name: `files: never: when ${traveller} offers one` })).toBeVisible();
  await give(first, helper, textOf('never.txt', 'Not at all'));
  await expect(row(first, 'never.txt')).toContainText('DECLINED');
});
