import { expect, test } from 'vitest';
import { whyNotExport } from './passphrases.ts';

test.each([
  ['', '', 'The passphrase needs 12 more characters.'],
  ['eleven char', 'eleven char', 'The passphrase needs 1 more character.'],
  ['😀'.repeat(11), '😀'.repeat(11), 'The passphrase needs 1 more character.'],
  ['twelve chars', 'twelve char', 'The two passphrases are not the same. Type the second one again.'],
  ['twelve chars', 'twelve chars', undefined],
])('%j, again %j', (passphrase, repeated, problem) => {
  expect(whyNotExport(passphrase, repeated)).toBe(problem);
});
