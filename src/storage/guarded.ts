import { blockedAdvice } from '../platform/blocked-storage.ts';
import { ParleyError } from '../protocol/errors.ts';

interface Failure {
  readonly code: 'storage_failed' | 'storage_blocked';
  readonly detail: string;
}

const unknownFailure: Failure = {
  code: 'storage_failed',
  detail: 'The data could not be read or stored. Check that storage is allowed and the disk works, then try again.',
};

/** What is told of an error by its name: those of IndexedDB (Indexed Database API, section 3) and of Valibot. */
const failures: Readonly<Record<string, Failure>> = {
  SecurityError: { code: 'storage_blocked', detail: blockedAdvice },
  InvalidStateError: {
    code: 'storage_failed',
    detail: 'The browser closed the stored data while it was in use. Nothing was changed: try again.',
  },
  AbortError: {
    code: 'storage_failed',
    detail: 'The browser aborted a write. Nothing was changed: try again.',
  },
  VersionError: {
    code: 'storage_failed',
    detail: 'A newer version of Parley has opened this data. Nothing was changed: reload the page to run that version.',
  },
  NotFoundError: {
    code: 'storage_failed',
    detail:
      'Part of the stored data is missing. Nothing was changed: restore it from a backup, or start with a new agent.',
  },
  DataError: {
    code: 'storage_failed',
    detail:
      'A stored record is damaged. Nothing was changed: restore the data from a backup, or start with a new agent.',
  },
  ValiError: {
    code: 'storage_failed',
    detail:
      'A stored record is damaged. Nothing was changed: restore the data from a backup, or start with a new agent.',
  },
};

function nameOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'name' in cause ? String(cause.name) : '';
}

/** SQLITE_FULL (sqlite.org/rescode.html). */
const sqliteFull = 13;

/**
 * Returns the result of `work`. What the storage throws becomes `storage_full` when there is no room,
 * `storage_blocked` when the browser allows none, `storage_failed` otherwise; a `ParleyError` passes as it is.
 */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    if (isFull(cause)) {
      throw new ParleyError(
        'storage_full',
        'There is no room left to store this. Nothing was changed. Make room, or delete old conversations, and try again.',
        { cause },
      );
    }
    const { code, detail } = failures[nameOf(cause)] ?? unknownFailure;
    throw new ParleyError(code, detail, { cause });
  }
}

/** True when a browser's quota is used up (Storage Standard), or SQLite or the file system found no room. */
function isFull(cause: unknown): boolean {
  // By name, not by class: an error may come from another realm.
  if (typeof cause !== 'object' || cause === null) return false;
  if (nameOf(cause) === 'QuotaExceededError') return true;
  if ('errcode' in cause && cause.errcode === sqliteFull) return true;
  return 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
}
