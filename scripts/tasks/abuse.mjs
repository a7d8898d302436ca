import { ensureApp } from '../build.mjs';
import { inProject } from '../places.mjs';
import { runNode } from '../spawn.mjs';

/**
 * The lock-outs that a stranger or a peer could try, and what an honest peer sees meanwhile.
 *
 * @param {readonly string[]} args
 */
export async function run(args) {
  await ensureApp();
  const typescript = process.features.typescript ? [] : ['--experimental-strip-types'];
  return runNode([...typescript, '--disable-warning=ExperimentalWarning', inProject('bench/abuse/run.ts'), ...args]);
}
