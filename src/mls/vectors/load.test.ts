import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { isOfKind, vectorFiles } from './testing/load.ts';

/** One for each test of this folder. */
const kinds = [
  'crypto-basics',
  'deserialization',
  'key-schedule',
  'message-protection',
  'messages',
  'passive-client',
  'psk_secret',
  'secret-tree',
  'transcript-hashes',
  'tree-math',
  'tree-operations',
  'tree-validation',
  'treekem',
  'welcome',
];

it('leaves no file of vectors to no test', () => {
  const unknown = vectorFiles().filter((path) => !kinds.some((kind) => isOfKind(path, kind)));
  expect(unknown.map((path) => basename(path))).toEqual([]);
});

it.each([
  ['treekem.json', 'treekem', true],
  ['/some/folder/treekem-0xf64a.json', 'treekem', true],
  ['treekem.more.json', 'treekem', true],
  ['psk-secret.json', 'psk_secret', true],
  ['passive-client-random.json', 'passive-client', true],
  ['passive-client-welcome.json', 'welcome', false],
  ['messages.json', 'message-protection', false],
  ['treekems.json', 'treekem', false],
])('takes %s for vectors of %s: %s', (file, kind, expected) => {
  expect(isOfKind(file, kind)).toBe(expected);
});
