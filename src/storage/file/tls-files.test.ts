import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadOrCreateTls } from './tls-files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a certificate is kept as long as it and its key can be used, and made anew when either is damaged or missing', async () => {
  const first = await loadOrCreateTls(folder, 'localhost');
  expect((await loadOrCreateTls(folder, 'localhost')).fingerprint).toBe(first.fingerprint);
  const seen = new Set([first.fingerprint]);
  for (const spoil of [
    () => rm(first.key),
    () => writeFile(first.key, 'half a key'),
    () => writeFile(first.cert, 'half a certificate'),
    () => rm(first.cert),
  ]) {
    await spoil();
    seen.add((await loadOrCreateTls(folder, 'localhost')).fingerprint);
  }
  expect(seen.size).toBe(5);
});

test('is made for an IPv6 address too', async () => {
  const made = await loadOrCreateTls(folder, '::1');
  expect((await loadOrCreateTls(folder, '::1')).fingerprint).toBe(made.fingerprint);
});
