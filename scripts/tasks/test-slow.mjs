import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuilds } from '../build.mjs';
import { ensureChromium } from '../ensure-chromium.mjs';
import { inProject } from '../places.mjs';
import { say } from '../say.mjs';
import { runNode } from '../spawn.mjs';

/**
 * Runs the tests that try a sample in `npm test` with everything that they could try. Returns the exit code.
 *
 * @param {readonly string[]} args
 */
export async function run(args) {
  const env = { ...process.env, PARLEY_EXHAUSTIVE: '1' };
  const inVitest = await sampling('src', /\.test\.tsx?$/, "inject('exhaustive')");
  const inPages = await sampling('e2e', /\.spec\.ts$/, 'isExhaustive');
  say(`Trying everything that ${inVitest.length + inPages.length} files of tests only sample otherwise ...`);
  await ensureChromium();
  const code = await runNode([inProject('node_modules/vitest/vitest.mjs'), 'run', ...inVitest, ...args], { env });
  if (code !== 0) return code;
  await ensureBuilds();
  return runNode([inProject('node_modules/@playwright/test/cli.js'), 'test', ...inPages, ...args], { env });
}

/**
 * Returns the paths of the tests in `folder` that ask whether to try everything.
 *
 * @param {string} folder
 * @param {RegExp} name of a file of tests
 * @param {string} question
 */
async function sampling(folder, name, question) {
  const files = await readdir(inProject(folder), { recursive: true });
  return files
    .filter((file) => name.test(file))
    .map((file) => join(folder, file))
    .filter((path) => readFileSync(inProject(path), 'utf8').includes(question));
}
