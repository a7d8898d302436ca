import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { hasCode } from './error-code.ts';

/**
 * Makes a folder for its owner alone (mode 0700), and the folders above it that are missing. Rejects with what the system says of the
 * first that cannot be made. Node's own recursive `mkdir` never ends where a folder exists and takes no entry, as `/proc` does.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); !(await isFolder(at)) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const folder of missing) await make(folder);
}

async function make(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!hasCode(error, 'EEXIST') || !(await isFolder(path))) throw error;
  }
}

/** False for what is not there, and for a file, which `mkdir` refuses then. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
