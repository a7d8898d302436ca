import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';
import { AgentTab, helper, traveller } from './agent-tab.ts';
import { expect, test } from './harness.ts';
import { LimitedDisk } from './limited-disk.ts';
import { tracesOf } from './plaintext.ts';
import { readStorage } from './storage.ts';
import { talk } from './talk.ts';

const said = { there: 'Sturgeon moonlight 4711 quarrel', back: 'Velvet harbour 2026 umbrella' };

let folder: string;
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-profile-'));
});
test.afterEach(() => rm(folder, { recursive: true, maxRetries: 10 }));

test('what was said is there after both tabs were reloaded, and nowhere in the profile as anybody could read it', async ({
  baseURL,
}) => {
  test.slow();
  const profile = await chromium.launchPersistentContext(folder, {
    ...chromiumLaunchOptions(),
    ...(baseURL === undefined ? {} : { baseURL }),
  });
  const one = await AgentTab.open(await profile.newPage(), traveller);
  const two = await AgentTab.open(await profile.newPage(), helper);
  await one.connect(helper);
  await one.say(said.there);
  await two.talkTo(traveller);
  await two.say(said.back);

  await Promise.all([one, two].map(({ page }) => page.reload()));
  await Promise.all([one, two].map((tab) => tab.ready()));
  await one.talkTo(helper);
  await two.talkTo(traveller);
  for (const { page } of [one, two]) {
    for (const words of Object.values(said)) await expect(page.getByRole('log')).toContainText(words);
  }

  const { keys, bytes, texts } = await readStorage(one.page);
  expect(keys.filter(({ extractable }) => extractable)).toEqual([]);
  expect(bytes.filter(({ path }) => path.endsWith('.ciphertext')).length).toBeGreaterThanOrEqual(4);
  const inStorage = [...texts.map(({ text }) => text), ...bytes.map(({ hex }) => hex)].join('\n');
  expect(foundIn(Buffer.from(inStorage))).toEqual([]);

  await profile.close();
  const onDisk = await filesUnder(join(folder, 'Default', 'IndexedDB'));
  // What is kept in the clear is found, so that what is not found is not there.
  expect(onDisk.some((content) => content.includes(helper) || content.includes(utf16(helper)))).toBe(true);
  expect(onDisk.flatMap(foundIn)).toEqual([]);
});

test('what came while History is open is counted, also in the dialog that would delete it', async ({
  tabs: [first, second],
}) => {
  await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);
  await two.connect(traveller);
  await two.say('one');
  await first.getByRole('button', { name: 'History' }).click();
  const kept = first.getByRole('region', { name: 'Conversations on this device' });
  await expect(kept.getByText('1 exchange', { exact: true })).toBeVisible();
  await two.say('two');
  await expect(kept.getByText('2 exchanges', { exact: true })).toBeVisible();
  await kept.getByRole('button', { name: `Delete the conversation with ${helper}` }).click();
  await expect(first.getByRole('dialog')).toContainText('2 exchanges and their entries in the search index');
  await two.say('three');
  await expect(first.getByRole('dialog')).toContainText('3 exchanges and their entries in the search index');
  await first.getByRole('dialog').getByRole('button', { name: 'Delete it' }).click();
  await expect(kept.getByText('No conversations yet.')).toBeVisible();
});

test('a shorter limit says how much goes at once, and counts what comes while it asks', async ({
  tabs: [first, second],
}) => {
  await AgentTab.open(first, traveller);
  const two = await AgentTab.open(second, helper);
  await two.connect(traveller);
  // Kept with its answer, one is more than half of the limit.
  const sendLong = async (before: number) => {
    await two.send('echo', JSON.stringify('long '.repeat(60_000)));
    await expect(second.getByRole('log').getByText('SUCCESS')).toHaveCount(before + 1);
  };
  await sendLong(0);
  await sendLong(1);
  await first.getByRole('button', { name: 'History' }).click();
  const kept = first.getByRole('region', { name: 'Conversations on this device' });
  const choice = kept.getByRole('combobox');
  const dialog = first.getByRole('dialog');
  await choice.focus();
  await choice.selectOption('the newest 1.0 MB');
  await expect(dialog).toContainText('1 exchange of 2 with helper_agent_001 is deleted at once');
  await sendLong(2);
  await expect(dialog).toContainText('2 exchanges of 3 with helper_agent_001 are deleted at once');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await expect(choice).toHaveValue('everything');
  await expect(choice).toBeFocused();
  await choice.selectOption('the newest 1.0 MB');
  await dialog.getByRole('button', { name: 'Delete 2 exchanges' }).click();
  await expect(kept.getByText('1 exchange', { exact: true })).toBeVisible();
  await expect(choice).toHaveValue('the newest 1.0 MB');
});

test('for how long something is kept is chosen by keyboard, and a choice that cannot be kept is not shown as made', async ({
  tabs: [first, second],
}) => {
  const disk = await LimitedDisk.under(first);
  await talk(first, second, 'one');
  await first.getByRole('button', { name: 'History' }).click();
  const kept = first.getByRole('region', { name: 'Conversations on this device' });
  const choice = kept.getByRole('combobox');
  await expect(choice).toHaveValue('everything');
  await choice.press('ArrowDown');
  await expect(choice).toHaveValue('1 year');
  await expect(choice).toBeFocused();
  await disk.fill();
  await choice.press('ArrowDown');
  await expect(kept.getByRole('alert')).toContainText('storage_full');
  await expect(choice).toHaveValue('1 year');
  await expect(choice).toBeFocused();
  await disk.makeRoom();
  await choice.press('ArrowDown');
  await expect(choice).toHaveValue('90 days');
  await expect(kept.getByRole('alert')).toHaveCount(0);
});

/** Which of everything that would give a word away is in these bytes, in UTF-8, UTF-16, base64 or hex. */
function foundIn(content: Buffer): readonly string[] {
  return Object.values(said)
    .flatMap(tracesOf)
    .filter((trace) => content.includes(trace) || content.includes(utf16(trace)));
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

async function filesUnder(path: string): Promise<readonly Buffer[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name))),
  );
}
