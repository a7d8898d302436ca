import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inProject } from '../places.mjs';
import { say } from '../say.mjs';
import { runNode } from '../spawn.mjs';

/**
 * Runs the tests that try a sample in `npm test` with everything that they could try. Returns Vitest's exit code.
 *
 * @param {readonly string[]} args
 */
export async function run(args) {
  const files = await sampling();
  say(`Trying everything that ${files.length} files of tests only sample otherwise ...`);
  const env = { ...process.env, PARLEY_EXHAUSTIVE: '1' };
  return runNode([inProject('node_modules/vitest/vitest.mjs'), 'run', ...files, ...args], { env });
}

/** Returns the paths of the tests that ask whether to try everything. */
async function sampling() {
  const files = await readdir(inProject('src'), { recursive: true });
  return files
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => join('src', name))
    .filter((path) => readFileSync(inProject(path), 'utf8').includes("inject('exhaustive')"));
}
