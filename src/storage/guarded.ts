import { ParleyError } from '../protocol/errors.ts';

/** SQLITE_FULL (sqlite.org/rescode.html). */
const sqliteFull = 13;

/**
 * What `work` gives. What the storage throws becomes `storage_full` when there is no room, `storage_failed` otherwise; a
 * `ParleyError` passes as it is.
 */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    if (isFull(cause)) {
      throw new ParleyError(
        'storage_full',
        'There is no room left to keep this. Nothing was changed. Make room, or delete old conversations, and try again.',
        { cause },
      );
    }
    throw new ParleyError(
      'storage_failed',
      'The data could not be read or kept. Check that storage is allowed and not full, then try again.',
      { cause },
    );
  }
}

/** A browser's quota is used up (Storage Standard), SQLite found no room, or the file system did. */
function isFull(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if (cause.name === 'QuotaExceededError') return true;
  if ('errcode' in cause && cause.errcode === sqliteFull) return true;
  return 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
}
