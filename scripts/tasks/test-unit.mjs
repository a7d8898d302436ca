import { inProject } from '../places.mjs';
import { say } from '../say.mjs';
import { runNode } from '../spawn.mjs';

/**
 * Runs the tests of single parts in Node: all but those that vitest.config.ts lists. Returns Vitest's exit code.
 *
 * @param {readonly string[]} args
 */
export async function run(args) {
  say('Running the tests of single parts, in Node ...');
  const env = { ...process.env, PARLEY_UNIT: '1' };
  return runNode([inProject('node_modules/vitest/vitest.mjs'), 'run', '--project', 'node', ...args], { env });
}
