import { statfsSync } from 'node:fs';
import { ParleyError } from '../protocol/errors.ts';
import { isError } from '../protocol/realm.ts';

/** Bytes that SQLite needs for a log and its index. */
const leastRoom = 256 * 1024;

/** What the system or SQLite calls a failure, and what that means for whoever starts a server. */
const causes: Readonly<Record<string, (path: string) => string>> = {
  full: (path) => `There is no room on the disk of ${path}. Nothing was lost. Make room, then start again.`,
  denied: (path) =>
    `This user may not read and write ${path}. Give the folder to the user that runs the server, or name another with --data.`,
  readOnly: (path) =>
    `${path} is on a file system that is read-only. Mount it for writing, or name another folder with --data.`,
  noFolder: (path) =>
    `${path} cannot be used as a folder: a part of the path is missing or is a file. Name another folder with --data.`,
  damaged: (path) => `The database in ${path} is damaged. Restore controller.db from its backup.`,
  busy: (path) => `Another process uses the database in ${path} and does not let go. End it, then start again.`,
  disk: (path) => `The disk of ${path} failed. Check it, then start again.`,
  files: () => 'This process may open no more files. Raise the limit (ulimit -n), then start again.',
};

const bySystem: Readonly<Record<string, keyof typeof causes>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'readOnly',
  ENOENT: 'noFolder',
  ENOTDIR: 'noFolder',
  EEXIST: 'noFolder',
  EISDIR: 'noFolder',
  EIO: 'disk',
  EMFILE: 'files',
  ENFILE: 'files',
};

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const bySqlite: Readonly<Record<number, keyof typeof causes>> = {
  3: 'denied',
  5: 'busy',
  6: 'busy',
  8: 'readOnly',
  10: 'disk',
  11: 'damaged',
  13: 'full',
  14: 'denied',
  26: 'damaged',
};

/** What the system or SQLite said, and about which file when it named one. */
interface Found {
  readonly kind: keyof typeof causes;
  readonly path: string | undefined;
}

/** Returns why a server with its data in `data` did not start: the error itself when it says so, else one for what caused it. */
export function startFailure(error: unknown, data: string): ParleyError {
  const found = find(error);
  if (found !== undefined) {
    // SQLite cannot tell why the index of its log could not be made larger.
    const kind = found.kind === 'disk' && isFull(data) ? 'full' : found.kind;
    const detail = causes[kind]?.(found.path ?? data) ?? '';
    return new ParleyError(kind === 'full' ? 'storage_full' : 'storage_failed', detail, { cause: error });
  }
  if (error instanceof ParleyError) return error;
  const name = isError(error) ? error.name : typeof error;
  const detail = `The server did not start because of an unexpected ${name}. Nothing was changed.`;
  return new ParleyError('internal_error', detail, { cause: error });
}

/** Looks for what the system said, however far down it is; an error that was made for whoever runs the server keeps its text. */
function find(error: unknown): Found | undefined {
  if (!isError(error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') {
    const kind = bySqlite[error.errcode & 0xff];
    return kind === undefined ? undefined : { kind, path: undefined };
  }
  const kind = 'code' in error && typeof error.code === 'string' ? bySystem[error.code] : undefined;
  if (kind !== undefined) {
    return { kind, path: 'path' in error && typeof error.path === 'string' ? error.path : undefined };
  }
  return error instanceof ParleyError && !isFromStorage(error) ? undefined : find(error.cause);
}

function isFull(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < leastRoom;
}

/** What `guarded` throws is made for the owner of an agent. */
function isFromStorage({ code }: ParleyError): boolean {
  return code === 'storage_failed' || code === 'storage_full';
}
