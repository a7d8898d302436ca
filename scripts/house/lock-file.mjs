import { readFileSync } from 'node:fs';
import { inProject } from '../places.mjs';

/**
 * package-lock.json must hold every optional package too, whatever platform it is for: npm leaves out the ones it could
 * not find when it wrote the file, and `npm ci` then refuses the whole of it.
 */
const locked = JSON.parse(readFileSync(inProject('package-lock.json'), 'utf8')).packages;
const present = new Set(Object.keys(locked).map((path) => path.replace(/^.*node_modules\//, '')));
const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
  Object.keys(optionalDependencies)
    .filter((name) => !present.has(name))
    .map((name) => `package-lock.json lacks ${name}, an optional package of ${path}.`),
);
for (const sentence of missing) console.error(sentence);
process.exitCode = missing.length === 0 ? 0 : 1;
