import { readFileSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { longFunctions } from './functions.mjs';
import { sourceFiles } from './source-files.mjs';

/** A file longer than this holds more than one idea. */
const mostLines = 300;
/** Where a function has one idea as well, and its lines at most. */
const ofFunctions = { rooms: /^src\/(protocol|agent)\//, mostLines: 80 };

const files = sourceFiles(['src', 'scripts', 'e2e', 'bench']).map((path) => {
  const code = readFileSync(inProject(path), 'utf8');
  return { path, code, lines: code.split('\n').length - 1 };
});
const tooLong = files.filter(({ lines }) => lines > mostLines);
const functions = files
  .filter(({ path }) => ofFunctions.rooms.test(path) && /\.ts$/.test(path) && !/\.test\.ts$|\/testing\//.test(path))
  .flatMap(({ path, code }) => longFunctions(path, code, ofFunctions.mostLines).map((found) => `${path}: ${found}`));

for (const { path, lines } of tooLong) console.error(`${path} has ${lines} lines; the limit is ${mostLines}.`);
for (const found of functions) console.error(`${found}; the limit is ${ofFunctions.mostLines}.`);
console.log(
  `${files.length} files: ${tooLong.length} over ${mostLines} lines, ` +
    `${functions.length} functions over ${ofFunctions.mostLines} lines in protocol and agent.`,
);
process.exitCode = tooLong.length + functions.length === 0 ? 0 : 1;
