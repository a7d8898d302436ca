import { statfsSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { ParleyError } from '../protocol/errors.ts';
import { isError } from '../protocol/realm.ts';
import { faultOf, faultSentence, type Named } from '../storage/file/file-fault.ts';

/** Bytes that SQLite needs for a log and its index. */
const leastRoom = 256 * 1024;

/**
 * Returns why a server did not start, in a sentence that names the flag and the path: `storage_failed` or `storage_full` for what the
 * system said of its data folder or its CA file, the error itself when it says so in its own words, else `internal_error`.
 */
export function startFailure(
  error: unknown,
  { data, ca }: { readonly data: string; readonly ca: string | undefined },
): ParleyError {
  const fault = faultOf(error);
  if (fault !== undefined) {
    const isOfCa = ca !== undefined && fault.path !== undefined && isAt(fault.path, ca) && !isAt(ca, data);
    const named: Named = isOfCa ? { flag: '--ca (PARLEY_CA)', path: ca } : { flag: '--data (PARLEY_DATA)', path: data };
    // SQLite cannot tell why the index of its log could not be made larger.
    const kind = fault.kind === 'disk' && isFull(isOfCa ? dirname(ca) : data) ? 'full' : fault.kind;
    const sentence = faultSentence(named, { kind, path: isOfCa ? ca : fault.path });
    const damaged = `The database in ${data} is damaged. Restore controller.db from its backup.`;
    const detail = kind === 'damaged' ? damaged : sentence;
    return new ParleyError(kind === 'full' ? 'storage_full' : 'storage_failed', detail, { cause: error });
  }
  if (error instanceof ParleyError) return error;
  const name = isError(error) ? error.name : typeof error;
  const detail = `The server did not start because of an unexpected ${name}. Nothing was changed.`;
  return new ParleyError('internal_error', detail, { cause: error });
}

/** True for the file itself, for one beside it under a name that begins so, and for what is in the folder. */
function isAt(path: string, named: string): boolean {
  const at = resolve(named);
  const full = resolve(path);
  return full === at || full.startsWith(`${at}.`) || full.startsWith(at.endsWith(sep) ? at : at + sep);
}

function isFull(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < leastRoom;
}
