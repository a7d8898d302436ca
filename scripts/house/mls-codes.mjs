import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { mlsPage } from './mls-page.mjs';

/** @param {string} path */
const read = (path) => readFileSync(inProject(path), 'utf8');

const titles = {
  codec: 'Encoding',
  structure: 'Structures',
  crypto: 'Cryptography',
  schedule: 'Key schedule and secret tree',
  tree: 'Ratchet tree',
  framing: 'Framing',
  group: 'Groups',
};

// `node scripts/house/mls-codes.mjs` fails when docs/mls.md is not what the sources say, or a rule has no test; `--write` writes it.
const sources = new Map(Object.entries(titles).map(([name, title]) => [title, read(`src/mls/codes/${name}-codes.ts`)]));
const paths = globSync('src/mls/**/*.test.ts', { cwd: inProject('.') })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const { page, untested } = mlsPage(read('docs/mls.md'), sources, new Map(paths.map((path) => [path, read(path)])));
if (process.argv.includes('--write')) writeFileSync(inProject('docs/mls.md'), page);
else if (read('docs/mls.md') !== page) {
  console.error('docs/mls.md is older than the rules of src/mls. Run: node scripts/house/mls-codes.mjs --write');
  process.exitCode = 1;
}
if (untested.length > 0) {
  console.error(`No test of src/mls expects ${untested.join(', ')}.`);
  process.exitCode = 1;
}
