import { readFileSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { violations } from './directions.mjs';
import { sourceFiles } from './source-files.mjs';

const found = sourceFiles(['src']).flatMap((path) =>
  violations(path.replace(/^src\//, ''), readFileSync(inProject(path), 'utf8')),
);
for (const violation of found) console.error(violation);
process.exitCode = found.length === 0 ? 0 : 1;
