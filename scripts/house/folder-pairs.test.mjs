import { expect, test } from 'vitest';
import { folderPairs } from './folder-pairs.mjs';

test('two folders that import each other are a pair, types counted, a folder and one inside it as well', () => {
  const files = new Map([
    ['a/one.ts', "import { two } from '../b/two.ts';"],
    ['b/two.ts', 'export const two = 2;'],
    ['b/three.ts', "import type { Four } from '../a/four.ts';"],
    ['a/four.ts', "export { five } from './deep/five.ts';"],
    ['a/deep/five.ts', "import { one } from '../one.ts';"],
  ]);
  expect(folderPairs(files)).toEqual(['a <> b', 'a <> a/deep']);
});

test('folders whose imports run one way are none, nor are files of one folder', () => {
  const files = new Map([
    ['a/one.ts', "import { two } from '../b/two.ts'; import { six } from './six.ts'; import { x } from 'elsewhere';"],
    ['a/six.ts', "import { one } from './one.ts';"],
    ['b/two.ts', 'export const two = 2;'],
  ]);
  expect(folderPairs(files)).toEqual([]);
});
