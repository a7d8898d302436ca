import { ensureChromium } from '../ensure-chromium.mjs';
import { inProject } from '../places.mjs';
import { runNode } from '../spawn.mjs';

/**
 * The benchmarks, in Node and in Chromium.
 *
 * @param {readonly string[]} args
 */
export async function run(args) {
  await ensureChromium();
  const typescript = process.features.typescript ? [] : ['--experimental-strip-types'];
  return runNode([...typescript, inProject('bench/run.ts'), ...args]);
}
