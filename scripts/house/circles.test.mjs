import { expect, test } from 'vitest';
import { circles } from './circles.mjs';

/** @param {Record<string, string>} files */
const found = (files) => circles(new Map(Object.entries(files)));

test('files that import one another are found, types too, however long the way round is', () => {
  expect(
    found({
      'a/one.ts': "import type { Two } from '../b/two.ts';",
      'b/two.ts': "export { three } from './three.ts';",
      'b/three.ts': "const later = () => import('../a/one.ts');",
      'b/four.ts': "import { three } from './three.ts';",
    }),
  ).toEqual([['a/one.ts', 'b/three.ts', 'b/two.ts']]);
});

test('each circle is named, a file that imports itself too', () => {
  const files = {
    'a.ts': "import './b.ts';",
    'b.ts': "import './a.ts'; import './c.ts';",
    'c.ts': "import './d.ts';",
    'd.ts': "import './c.ts';",
    'e.ts': "import './e.ts';",
  };
  expect(found(files).toSorted()).toEqual([['a.ts', 'b.ts'], ['c.ts', 'd.ts'], ['e.ts']]);
});

test('two ways to one file are no circle', () => {
  expect(
    found({
      'a.ts': "import './b.ts'; import './c.ts';",
      'b.ts': "import './d.ts';",
      'c.ts': "import './d.ts';",
      'd.ts': '',
    }),
  ).toEqual([]);
});
