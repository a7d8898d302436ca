import { inProject } from '../places.mjs';
import { runNode } from '../spawn.mjs';

/**
 * Vite's development server, with the arguments it was given.
 *
 * @param {readonly string[]} args
 */
export function run(args) {
  return runNode([inProject('node_modules/vite/bin/vite.js'), ...args]);
}
