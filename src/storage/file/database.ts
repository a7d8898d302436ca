import type { DatabaseSync } from 'node:sqlite';
import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';
import { archivesSchema } from './archives.ts';
import { packedAuditSchema } from './audit-rows.ts';
import { filesSchema } from './file-records.ts';
import { groupsSchema } from './groups.ts';
import { historySchema } from './history.ts';
import { openPrivateDatabase } from './private-database.ts';
import { recordingsSchema } from './recordings.ts';
import { requestsSchema } from './requests.ts';
import { tokenIndexSchema } from './token-index.ts';

/** What brings an agent's database from one version to the next, from 0 on. Only ever added to. */
const migrations: readonly string[] = [
  `
  CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL) STRICT;
  CREATE TABLE nonces (key TEXT PRIMARY KEY, seen_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX nonces_by_time ON nonces (seen_at);
  CREATE TABLE verifications (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  historySchema + tokenIndexSchema + archivesSchema,
  requestsSchema,
  packedAuditSchema,
  recordingsSchema,
  groupsSchema,
  filesSchema,
];

/**
 * Opens an agent's SQLite file for this process alone and brings it up to this version. Rejects with `agent_in_use` while
 * another process has it, and with `storage_failed` when a newer version wrote it.
 */
export function openAgentDatabase(path: string): DatabaseSync {
  const database = openPrivateDatabase(path, { timeout: 200 });
  try {
    // The lock is this process's until it closes the file or dies.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    // What is deleted is overwritten.
    database.exec('PRAGMA secure_delete = ON;');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw openingFailure(path, cause);
  }
  try {
    const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (found > migrations.length) {
      throw new ParleyError('storage_failed', `${path} was written by a newer version of Parley. Run that version.`);
    }
    for (const migration of migrations.slice(found)) database.exec(migration);
    if (found < migrations.length) database.exec(`PRAGMA user_version = ${migrations.length};`);
    database.exec('COMMIT');
    return database;
  } catch (cause) {
    // Closing undoes what was begun, and gives up the lock.
    database.close();
    throw cause;
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const [busy, locked, corrupt, notADatabase] = [5, 6, 11, 26];

/**
 * Returns the error that says why an agent's database does not open. What only the system knows, such as a full disk,
 * is passed on as it is.
 */
function openingFailure(path: string, cause: unknown): unknown {
  const code = isError(cause) && 'errcode' in cause ? Number(cause.errcode) & 0xff : undefined;
  if (code === busy || code === locked) {
    const detail = 'Another process has this agent open. End it, or use another agent.';
    return new ParleyError('agent_in_use', detail, { cause });
  }
  if (code === corrupt || code === notADatabase) {
    const detail = `${path} is damaged. Restore the folder from a backup, or start with a new agent.`;
    return new ParleyError('storage_failed', detail, { cause });
  }
  return cause;
}
