import { readFileSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { leftOutTests } from './left-out-tests.mjs';
import { sourceFiles } from './source-files.mjs';

const own = 'scripts/house/left-out-tests.test.mjs';
const tests = sourceFiles(['src', 'e2e', 'scripts', 'bench']).filter(
  (path) => /\.(test|spec)\.\w+$/.test(path) && path !== own,
);
const faults = tests.flatMap((path) => leftOutTests(path, readFileSync(inProject(path), 'utf8')));
for (const fault of faults) console.error(fault);
if (faults.length > 0)
  console.error('CI fails on a test that is left out: let the number of its cases depend on the run.');
process.exitCode = faults.length === 0 ? 0 : 1;
