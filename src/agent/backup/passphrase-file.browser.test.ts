import { expect, test } from 'vitest';
import { decryptUnderPassphrase, encryptUnderPassphrase } from './passphrase-file.ts';

test('a file is made and opened in a browser, with all the work that its passphrase deserves', async () => {
  const content = 'Where is the heirloom?\n'.repeat(10_000);
  const file = await encryptUnderPassphrase(new Blob([content]), 'correct horse battery staple');
  const opened = await decryptUnderPassphrase(file, 'correct horse battery staple');
  expect(new TextDecoder().decode(opened)).toBe(content);
});
