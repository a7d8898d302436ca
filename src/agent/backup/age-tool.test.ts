import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decryptUnderPassphrase, encryptUnderPassphrase } from './passphrase-file.ts';
import { hasAge, runAge } from './testing/age-tool.ts';

const passphrase = 'correct horse battery staple';
const content = 'Where is the heirloom?\n'.repeat(10_000);

describe.runIf(hasAge)('with the age command', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-age-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('what is exported opens', async () => {
    const [file, out] = [join(folder, 'history.age'), join(folder, 'history.jsonl')];
    await writeFile(file, await encryptUnderPassphrase(new Blob([content]), passphrase, 10));
    expect(await runAge(['--decrypt', '--output', out, file], ['not the passphrase'])).toBe(1);
    expect(await runAge(['--decrypt', '--output', out, file], [passphrase])).toBe(0);
    expect(await readFile(out, 'utf8')).toBe(content);
  });

  test('what it encrypts is opened', async () => {
    const [file, plain] = [join(folder, 'made-by-age.age'), join(folder, 'plain.jsonl')];
    await writeFile(plain, content);
    expect(await runAge(['--passphrase', '--output', file, plain], [passphrase, passphrase])).toBe(0);
    const opened = await decryptUnderPassphrase(new Uint8Array(await readFile(file)), passphrase);
    expect(new TextDecoder().decode(opened)).toBe(content);
  });
});
