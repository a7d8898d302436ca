import { readFileSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { circles } from './circles.mjs';
import { violations } from './directions.mjs';
import { sourceFiles } from './source-files.mjs';

const code = new Map(sourceFiles(['src']).map((path) => [path, readFileSync(inProject(path), 'utf8')]));
const scripts = new Map([...code].filter(([path]) => /\.tsx?$/.test(path)));
const found = [
  ...[...code].flatMap(([path, text]) => violations(path.replace(/^src\//, ''), text)),
  ...circles(scripts).map((files) => `These files import one another in a circle: ${files.join(', ')}`),
];
for (const violation of found) console.error(violation);
process.exitCode = found.length === 0 ? 0 : 1;
