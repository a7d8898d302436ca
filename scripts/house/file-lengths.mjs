import { readFileSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { sourceFiles } from './source-files.mjs';

/** A file longer than this holds more than one idea. */
const limit = 410;

const tooLong = sourceFiles(['src', 'scripts', 'e2e', 'bench'])
  .map((path) => ({ path, lines: readFileSync(inProject(path), 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > limit);

for (const { path, lines } of tooLong) console.error(`${path} has ${lines} lines; the limit is ${limit}.`);
process.exitCode = tooLong.length === 0 ? 0 : 1;
