import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { ParleyError } from '../../protocol/errors.ts';
import { isError, isNamed } from '../../protocol/realm.ts';
import { hasCode } from './error-code.ts';
import { openPrivateDatabase } from './private-database.ts';

/** SQLITE_BUSY (sqlite.org/rescode.html). */
const sqliteBusy = 5;

const holder = v.object({ pid: v.number(), host: v.string(), since: v.string() });

/** A connection that nobody refers to is collected, and its lock with it. */
const held = new Set<DatabaseSync>();

/** A folder that this process has for itself. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes `folder` for this process until it releases it or dies: the lock is SQLite's on a file of its own, which the system ends
 * with the process. Throws `storage_failed` with the process that has it.
 */
export function lockFolder(folder: string): FolderLock {
  const who = join(folder, 'server.lock.json');
  const database = openPrivateDatabase(join(folder, 'server.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw isBusy(cause) ? inUse(folder, who) : cause;
  }
  try {
    const text = JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() });
    writeFileSync(who, `${text}\n`, { mode: 0o600 });
  } catch (error) {
    database.close();
    throw error;
  }
  held.add(database);
  return {
    release: () => {
      // Another may take the folder at once: what is said of this one goes first.
      rmSync(who, { force: true });
      held.delete(database);
      database.close();
    },
  };
}

function inUse(folder: string, who: string): ParleyError {
  const found = readHolder(who);
  const other = found === undefined ? 'another process' : `process ${found.pid} on ${found.host}, since ${found.since}`;
  return new ParleyError(
    'storage_failed',
    `Another server uses the data folder ${folder}: ${other}. Stop it, or give this one another folder with --data.`,
  );
}

/** Returns the holder of the lock; undefined in the moment before it has written its name. */
function readHolder(path: string): v.InferOutput<typeof holder> | undefined {
  try {
    const read = v.safeParse(holder, JSON.parse(readFileSync(path, 'utf8')));
    return read.success ? read.output : undefined;
  } catch (error) {
    if (isNamed(error, 'SyntaxError') || hasCode(error, 'ENOENT') || hasCode(error, 'EACCES')) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return isError(error) && 'errcode' in error && error.errcode === sqliteBusy;
}
