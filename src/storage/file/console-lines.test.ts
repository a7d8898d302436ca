import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConsoleLines, consoleLinesFile } from './console-lines.ts';
import { HistoryKeyFile } from './history-key-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-lines-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function opened(): Promise<ConsoleLines> {
  const hmac = () => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, true, ['sign']);
  const file = new HistoryKeyFile(folder, undefined);
  await file.write({
    record: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']),
    index: await hmac(),
    opening: await hmac(),
  });
  const lines = await ConsoleLines.open(folder, undefined);
  if (lines === undefined) throw new Error('The keys were not read.');
  return lines;
}

test('what was typed comes back in order, and is not on the disk as text', async () => {
  const lines = await opened();
  expect(await lines.read()).toEqual([]);
  await lines.write(['send helper "the drawbridge stays lowered"', 'peers']);
  expect(await lines.read()).toEqual(['send helper "the drawbridge stays lowered"', 'peers']);
  const path = join(folder, consoleLinesFile);
  expect((await readFile(path)).includes('drawbridge')).toBe(false);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('the newest 500 lines and 256 KiB are stored', async () => {
  const lines = await opened();
  await lines.write(Array.from({ length: 600 }, (_, index) => `line ${index}`));
  const read = await lines.read();
  expect([read.length, read[0], read.at(-1)]).toEqual([500, 'line 0', 'line 499']);
  await lines.write(['short', 'x'.repeat(300_000), 'older']);
  expect(await lines.read()).toEqual(['short']);
});

test('a damaged file is no lines', async () => {
  const lines = await opened();
  await writeFile(join(folder, consoleLinesFile), 'send helper "typed by an attacker"');
  expect(await lines.read()).toEqual([]);
});

test('an agent without a history has none', async () => {
  expect(await ConsoleLines.open(folder, undefined)).toBeUndefined();
});
