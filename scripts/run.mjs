import { fileURLToPath } from 'node:url';
import { endWithNpm } from './end-with-npm.mjs';
import { ensureNode, environmentWith } from './node-runtime.mjs';
import { ensurePackages } from './packages.mjs';
import { Stop, say } from './say.mjs';
import { run } from './spawn.mjs';

/**
 * `node scripts/run.mjs TASK`: what `npm start`, `npm test` and the other commands call. It runs on Node 18; the tasks
 * themselves, and what they import, are loaded only by a Node that is new enough and after the packages are there.
 *
 * @type {Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>}
 */
const tasks = {
  start: () => import('./tasks/start.mjs'),
  dev: () => import('./tasks/dev.mjs'),
  check: () => import('./tasks/check.mjs'),
  test: () => import('./tasks/test.mjs'),
  'test:unit': () => import('./tasks/test-unit.mjs'),
  'test:slow': () => import('./tasks/test-slow.mjs'),
  bench: () => import('./tasks/bench.mjs'),
  abuse: () => import('./tasks/abuse.mjs'),
  package: () => import('./tasks/package.mjs'),
};

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function runTask(name, args) {
  const load = tasks[name];
  if (load === undefined) throw new Stop(`There is no task "${name}". The tasks are ${Object.keys(tasks).join(', ')}.`);
  const node = await ensureNode();
  const environment = environmentWith(node);
  if (node !== process.execPath) {
    return run(node, [fileURLToPath(import.meta.url), name, ...args], { env: environment });
  }
  Object.assign(process.env, environment);
  await ensurePackages();
  const task = await load();
  return task.run(args);
}

endWithNpm();
const [name = '', ...args] = process.argv.slice(2);
try {
  process.exitCode = await runTask(name, args);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = 1;
}
