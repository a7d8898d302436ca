import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one transaction: when it throws, nothing is changed. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Takes what was deleted out of the log too, which still holds the pages as they were. Never throws: the deletion is committed,
 * and the log is emptied after the next one, or when the database is closed.
 */
export function emptyLog(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // A full disk; to report it as a failed deletion would have it repeated.
  }
}
