import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';

/** What is wrong with a file or a folder, and what whoever named it can do. */
const faults = {
  full: ['there is no room on its disk', 'Nothing was lost. Make room, then start again.'],
  denied: ['this user may not read and write it', 'Give it to the user that runs this command, or name another.'],
  readOnly: ['its file system is read-only', 'Mount it for writing, or name another.'],
  missing: ['it does not exist, or cannot be created', 'Check the path, or name another.'],
  notFolder: ['a part of its path is a file, not a folder', 'Name another.'],
  folder: ['it is a folder, not a file', 'Name a file.'],
  special: ['it is a device or a pipe, not a file', 'Name a file.'],
  large: ['it is larger than any such file', 'Name another.'],
  empty: ['it is empty', 'Write what it should hold into it, or name another.'],
  tooLong: ['the path is too long', 'Name another.'],
  circle: ['its symbolic links lead back to themselves', 'Name another.'],
  disk: ['its disk failed', 'Check the disk, then start again.'],
  files: ['this process may open no more files', 'Raise the limit (ulimit -n), then start again.'],
  damaged: ['it is damaged', 'Restore it from its backup.'],
  busy: ['another process uses it and keeps it locked', 'Stop that process, then start again.'],
} as const;

/** A kind of what is wrong. */
export type FaultKind = keyof typeof faults;

const bySystem: Readonly<Record<string, FaultKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'readOnly',
  ENOENT: 'missing',
  ENOTDIR: 'notFolder',
  EEXIST: 'notFolder',
  EISDIR: 'folder',
  ENXIO: 'special',
  ENODEV: 'special',
  ENAMETOOLONG: 'tooLong',
  ELOOP: 'circle',
  EIO: 'disk',
  EMFILE: 'files',
  ENFILE: 'files',
  EBUSY: 'busy',
  ETXTBSY: 'busy',
};

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const bySqlite: Readonly<Record<number, FaultKind>> = {
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
export interface Fault {
  readonly kind: FaultKind;
  readonly path: string | undefined;
}

/** What somebody named: by which flag, undefined for a bare argument, and the path. */
export interface Named {
  readonly flag: string | undefined;
  readonly path: string;
}

/** A file that is read cannot be used, for a reason that the system has no error for. */
export class UnusableFile extends ParleyError {
  readonly kind: FaultKind;
  readonly path: string;

  constructor(kind: FaultKind, path: string) {
    super('storage_failed', faultSentence({ flag: undefined, path }, { kind, path }));
    this.kind = kind;
    this.path = path;
  }
}

/** Returns what the system or SQLite said, however far down the causes it is; undefined for an error that has its own words. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof UnusableFile) return error;
  if (!isError(error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') {
    const kind = bySqlite[error.errcode & 0xff];
    return kind === undefined ? undefined : { kind, path: undefined };
  }
  // What a connection says, such as EACCES of a port, is about no file.
  const isNetwork = 'address' in error || 'hostname' in error;
  const kind = 'code' in error && typeof error.code === 'string' && !isNetwork ? bySystem[error.code] : undefined;
  if (kind !== undefined) {
    return { kind, path: 'path' in error && typeof error.path === 'string' ? error.path : undefined };
  }
  return error instanceof ParleyError && !isFromStorage(error) ? undefined : faultOf(error.cause);
}

/** Returns the sentence for whoever named a file or folder: which flag, which path, what is wrong, what to do. */
export function faultSentence({ flag, path }: Named, fault: Fault): string {
  const [why, advice] = faults[fault.kind];
  const what = flag === undefined ? path : `${flag} is ${path}`;
  const where =
    fault.path === undefined || fault.path === path
      ? `${what}${flag === undefined ? '' : ', which'} cannot be used`
      : `${what}, where ${fault.path} cannot be used`;
  return `${where}: ${why}. ${advice}`;
}

/** True for an error that `guarded` made for the owner of an agent. */
function isFromStorage({ code }: ParleyError): boolean {
  return code === 'storage_failed' || code === 'storage_full';
}
