import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import process from 'node:process';
import type { DatabaseSync as Database } from 'node:sqlite';
import { withoutExperimentalWarnings } from '../../platform/experimental-warnings.ts';
import { hasCode } from './error-code.ts';

/** Node 22 says that SQLite is experimental when the module is loaded. */
const { DatabaseSync } = withoutExperimentalWarnings(() => process.getBuiltinModule('node:sqlite'));

/**
 * Opens a SQLite file that only its owner may read and write: makes it with mode 0600, and takes it, its log and its index from
 * everybody else when an earlier version or an administrator left them open. `timeout`: milliseconds to wait for a lock.
 */
export function openPrivateDatabase(path: string, options: { readonly timeout: number }): Database {
  create(path);
  for (const suffix of ['', '-wal', '-shm', '-journal']) restrict(path + suffix);
  return new DatabaseSync(path, options);
}

/**
 * Creates the file; never opens an existing one, because closing it again would end this process's locks on it
 * (POSIX).
 */
function create(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

function restrict(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
