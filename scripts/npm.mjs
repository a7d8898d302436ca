import { basename } from 'node:path';
import { inProject } from './places.mjs';
import { run } from './spawn.mjs';

/**
 * Runs npm, with its warnings left out: by the same Node as this process when npm says where it lives, else by PATH.
 *
 * @param {readonly string[]} args
 */
export function npm(args) {
  const options = { cwd: inProject('.') };
  const quiet = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  if (cli !== undefined && basename(cli) === 'npm-cli.js') return run(process.execPath, [cli, ...quiet], options);
  return run('npm', quiet, { ...options, shell: process.platform === 'win32' });
}
