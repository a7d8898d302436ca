import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expectAccessibleInEachLook } from './accessible.ts';
import { expect, test } from './harness.ts';

/** Scenarios by their address, how many attempts each has, and the attempts that must succeed. */
const scenarios: readonly (readonly [id: string, attempts: number, ...succeed: readonly string[]])[] = [
  ['eavesdropping', 1],
  ['man-in-the-middle', 94],
  ['replay', 14],
  ['session-hijacking', 6],
  ['key-compromise', 2, 'Against a schedule of RSA alone, built in this lab to be broken'],
  ['downgrade', 8],
  ['unknown-key-share', 2],
  ['resumption', 33],
  ['revoked-certificate', 3],
  [
    'rogue-controller',
    5,
    'Traveller has never compared the safety number',
    'Nobody has compared the safety number, and a false Helper is invited into a group',
  ],
  ['flooding', 2],
  ['impersonation', 6],
  ['binary-envelopes', 20],
  ['attachments', 15],
  ['streams', 14],
  ['outsider', 6],
  ['dishonest-member', 14],
  ['dishonest-delivery-service', 10],
  ['removed-member', 3],
];

async function runHere(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Run again' })).toBeEnabled({ timeout: 120_000 });
}

/** Saves the report, opens the file in a page of its own, and looks that it holds every attempt and needs nothing else. */
async function expectReport(page: Page, attempts: number): Promise<void> {
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save report' }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toMatch(/^parley-attack-lab-\d{4}-\d\d-\d\d\.html$/);
  const report = await page.context().newPage();
  const loaded: string[] = [];
  report.on('request', (request) => loaded.push(request.url()));
  const path = await file.path();
  await report.setContent(await readFile(path, 'utf8'));
  expect(loaded).toEqual([]);
  await expect(report.getByRole('heading', { level: 1 })).toHaveText('Parley attack lab: report');
  await expect(report.getByRole('article')).toHaveCount(attempts);
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  await expect(report.getByRole('row', { name: `Parley ${version}` })).toBeVisible();
  await expectAccessibleInEachLook(report, 'the report');
  await report.close();
}

const of = scenarios.reduce((sum, [, attempts]) => sum + attempts, 0);
const onPurpose = scenarios.reduce((sum, [, , ...succeed]) => sum + succeed.length, 0);

test('run all shows how far it is and becomes the result, which one comes back to from an attempt', async ({
  page,
}) => {
  test.slow();
  await page.goto('/lab');
  const main = page.locator('main');
  await main.getByRole('button', { name: 'Run all', exact: true }).click();
  await expect(main.getByText(new RegExp(`^[1-9]\\d* of ${of}$`))).toBeVisible({ timeout: 60_000 });
  await expect(main.getByRole('button', { name: 'Run all again' })).toBeEnabled({ timeout: 300_000 });
  await expect(main.getByRole('heading', { level: 1 })).toHaveText(
    `No attack broke in: ${of - onPurpose} of ${of} attempts failed, ${onPurpose} succeeded on purpose`,
  );
  await expect(main.getByRole('list', { name: 'Result' })).toContainText('✕ 0 ended otherwise than they must');
  for (const [id, attempts, ...succeed] of scenarios) {
    const item = page.getByRole('navigation', { name: 'Scenarios' }).locator(`a[href="/lab/${id}"]`);
    // What succeeds on purpose has a mark of its own: it was not held off.
    await expect(item).toContainText(`✓ ${attempts - succeed.length} held`);
    await expect(item.getByText(`▲ ${succeed.length} on purpose`)).toHaveCount(succeed.length === 0 ? 0 : 1);
  }
  for (const succeeds of scenarios.flatMap(([, , ...succeed]) => succeed)) {
    await main.getByRole('region', { name: 'Succeeded on purpose' }).getByRole('link', { name: succeeds }).click();
    await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('succeeded on purpose');
    await page.goBack();
  }
  await expectReport(page, of);
  const checks = main.getByRole('region', { name: 'Refused by which check' });
  await checks.getByText('Signature verifies').click();
  const line = checks.getByRole('link', { name: 'SERVER_HELLO.signature altered' });
  await line.scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => scrollY);
  await line.click();
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('Refused by Traveller');
  await page.goBack();
  await expect(line).toBeInViewport();
  expect(await page.evaluate(() => scrollY)).toBe(scrolled);
  await expectAccessibleInEachLook(page, 'the result');
});

test('a run that is stopped says how far it came, and an old address leads to the new name', async ({ page }) => {
  await page.goto('/lab/false-controller/verified');
  await expect(page).toHaveURL(/\/lab\/rogue-controller\/verified$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rogue Controller');
  await page.getByRole('link', { name: 'All attacks' }).first().click();
  const main = page.locator('main');
  await main.getByRole('button', { name: 'Run all', exact: true }).click();
  await expect(main.getByText(new RegExp(`^[1-9]\\d* of ${of}$`))).toBeVisible({ timeout: 60_000 });
  await main.getByRole('button', { name: 'Stop' }).click();
  await expect(main.getByRole('heading', { level: 1 })).toHaveText(/^Stopped: \d+ of \d+ attempts failed/);
});

test('an attempt shows what went over the line, which check refused it, and both agents’ records', async ({ page }) => {
  await page.goto('/lab/man-in-the-middle/CLIENT_HELLO-key_shares.x25519-altered');
  await expect(page.getByText('Not run yet on this page')).toBeVisible();
  await runHere(page);
  const attempt = page.getByRole('region', { name: 'CLIENT_HELLO.key_shares.x25519 altered' });
  await expect(attempt.getByRole('region', { name: 'Verdict' })).toContainText('Refused by Helper');
  await expect(attempt.getByRole('region', { name: 'Verdict' })).toContainText('signature_invalid');
  await expect(attempt.getByRole('list', { name: 'Altered members' })).toContainText('key_shares.x25519');
  await attempt.getByRole('button', { name: 'Handshake' }).click();
  await expect(attempt.getByText('altered on the way')).toBeVisible();
  await expect(
    attempt.getByText('It does not', { exact: false }).or(attempt.getByText('The signature does not cover')).first(),
  ).toBeVisible();

  // By keyboard: from attempt to attempt, open, and close.
  const list = page.getByRole('region', { name: 'Attempts' });
  await list.getByRole('link', { name: 'CLIENT_HELLO.nonce altered' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/CLIENT_HELLO-nonce-dropped$/);
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('malformed_message');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/man-in-the-middle$/);
});

/** Chooses a bit of a base64 value that leaves it base64: of each letter one of the lowest three does. */
async function bitThatLeavesBase64(flip: Locator): Promise<number> {
  for (const bit of [0, 1, 2]) {
    await flip.getByRole('combobox', { name: 'Bit', exact: true }).selectOption(String(bit));
    await expect(flip.getByRole('status')).toContainText(`Bit ${bit} of byte`);
    const words = await flip.getByRole('status').textContent();
    if (words?.includes('In the bytes that the value stands for: byte 1') === true) return bit;
  }
  throw new Error('no bit of this letter leaves base64');
}

test.describe('free mode', () => {
  const held = (page: Page, kind: string) =>
    page.getByRole('region', { name: 'In your hands' }).getByText(kind).first();
  const forward = (page: Page) => page.getByRole('button', { name: 'Forward', exact: true }).click();

  test('an edited member is refused, a duplicate is answered once, a drop is told to the sender', async ({ page }) => {
    await page.goto('/lab/free');
    const traveller = page.getByRole('region', { name: 'traveller_agent_001' });
    const helper = page.getByRole('region', { name: 'helper_agent_001' });
    await traveller.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(held(page, 'CLIENT_HELLO')).toBeVisible();
    const body = page.getByLabel('Its body', { exact: false });
    await body.fill((await body.inputValue()).replace(/"nonce": "./, '"nonce": "A'));
    await page.getByRole('button', { name: 'Forward edited' }).click();
    await expect(held(page, 'PROBLEM')).toBeVisible();
    await forward(page);
    await expect(traveller).toContainText('connect failed: signature_invalid');
    await expect(helper).toContainText('FAILED');

    // One bit, of a member that is chosen: the page says which bit before it is sent, and the line says so afterwards.
    await traveller.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(held(page, 'CLIENT_HELLO')).toBeVisible();
    const flip = page.getByRole('group', { name: 'Flip one bit of the message as it was sent' });
    await flip.getByLabel('Member').selectOption('nonce');
    await expect(flip.getByRole('status')).toContainText('in the value of nonce, byte 23 of the value.');
    const bit = await bitThatLeavesBase64(flip);
    const offset = await flip.getByRole('spinbutton', { name: 'Byte', exact: true }).inputValue();
    await flip.getByRole('button', { name: 'Forward with this bit flipped' }).click();
    await expect(held(page, 'PROBLEM')).toBeVisible();
    await forward(page);
    await expect(traveller.getByText('connect failed: signature_invalid')).toHaveCount(2);
    const passed = page.getByRole('region', { name: 'What went over the line' });
    await expect(passed).toContainText(`bit ${bit} of byte ${offset} flipped`);
    await expect(passed.getByRole('list', { name: 'Altered members' }).last()).toContainText('nonce');

    // The highest bit of a letter makes the body no text at all.
    await traveller.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(held(page, 'CLIENT_HELLO')).toBeVisible();
    await flip.getByRole('combobox', { name: 'Bit', exact: true }).selectOption('7');
    await flip.getByRole('button', { name: 'Forward with this bit flipped' }).click();
    await expect(held(page, 'PROBLEM')).toBeVisible();
    await forward(page);
    await expect(traveller).toContainText('connect failed: malformed_message');

    await traveller.getByRole('button', { name: 'Connect', exact: true }).click();
    for (const kind of ['CLIENT_HELLO', 'SERVER_HELLO', 'CLIENT_CONFIRM', 'SESSION_ESTABLISHED']) {
      await expect(held(page, kind)).toBeVisible();
      await forward(page);
    }
    await expect(traveller).toContainText('ESTABLISHED');

    await traveller.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(held(page, 'ENVELOPE')).toBeVisible();
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await expect(helper).toContainText('answered the second copy with HTTP 409');
    await expect(helper).toContainText('Ran 1 request');
    await page.getByRole('button', { name: 'Drop' }).click();
    // The answer was dropped: Traveller asks again in a new envelope, and Helper does not run it again.
    await expect(held(page, 'ENVELOPE')).toBeVisible();
    await page.getByLabel('hold every message').click();
    await expect(traveller).toContainText('“Hello Helper!” was answered');
    await expect(helper).toContainText('Ran 1 request');
  });

  test('messages can be decided out of their order, injected again, and the line started over', async ({ page }) => {
    await page.goto('/lab/free');
    const traveller = page.getByRole('region', { name: 'traveller_agent_001' });
    const helper = page.getByRole('region', { name: 'helper_agent_001' });
    await page.getByLabel('hold every message').click();
    await traveller.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(traveller).toContainText('connected: session established');
    await page.getByLabel('hold every message').click();
    const say = traveller.getByRole('textbox');
    for (const text of ['first', 'second']) {
      await say.fill(text);
      await traveller.getByRole('button', { name: 'Send', exact: true }).click();
    }
    const queue = page.getByRole('list', { name: 'Waiting messages, oldest first' });
    await expect(queue.getByRole('button')).toHaveCount(2);
    await queue.getByRole('button').last().click();
    await forward(page);
    await expect(queue.getByRole('button')).toHaveCount(2);
    await expect(helper).toContainText('Ran 1 request');
    await queue.getByRole('button').last().click();
    await forward(page);
    await expect(traveller).toContainText('“second” was answered');
    await page.getByLabel('hold every message').click();
    await expect(traveller).toContainText('“first” was answered');

    await page
      .getByRole('region', { name: 'Replay' })
      .getByLabel('Replay', { exact: false })
      .first()
      .selectOption({ index: 0 });
    await page.getByRole('button', { name: 'Replay' }).click();
    await expect(helper).toContainText('answered the attacker with HTTP 409');

    await page.getByRole('button', { name: 'Start over' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click();
    await expect(traveller).toContainText('No session.');
  });
});

test('axe finds no violation in the lab, light or dark, wide or narrow', async ({ page }) => {
  test.slow();
  await page.goto('/lab');
  await expect(page.getByRole('link', { name: /Flooding/ })).toBeVisible();
  await expectAccessibleInEachLook(page, 'lab');
  await page.goto('/lab/replay/CLIENT_HELLO-at-once');
  await runHere(page);
  await expectAccessibleInEachLook(page, 'attempts');
  await page.getByRole('region', { name: 'What went over the line' }).getByRole('button').first().click();
  await expectAccessibleInEachLook(page, 'an attempt with a body open');
  await page.goto('/lab/free');
  await page.getByRole('button', { name: 'Connect', exact: true }).first().click();
  await expect(page.getByRole('button', { name: 'Forward', exact: true })).toBeVisible();
  await expectAccessibleInEachLook(page, 'free mode');
});
