import { readFileSync, writeFileSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { errorPage } from './error-page.mjs';

/** @param {string} path */
const read = (path) => readFileSync(inProject(path), 'utf8');

// `node scripts/house/error-codes.mjs` fails when docs/errors.md is not what the sources say; `--write` writes it.
const page = errorPage(read('src/protocol/wire-codes.ts'), read('src/protocol/local-codes.ts'));
if (process.argv.includes('--write')) writeFileSync(inProject('docs/errors.md'), page);
else if (read('docs/errors.md') !== page) {
  console.error('docs/errors.md is older than the error codes. Run: node scripts/house/error-codes.mjs --write');
  process.exitCode = 1;
}
