import { existsSync } from 'node:fs';
import { access, constants, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ParleyError } from '../../protocol/errors.ts';
import { hasCode } from '../../storage/file/error-code.ts';
import { faultOf, faultSentence, UnusableFile } from '../../storage/file/file-fault.ts';
import { lockFolder } from '../../storage/file/folder-lock.ts';
import { requireOwner } from '../../storage/file/folder-owner.ts';
import { makeFolder } from '../../storage/file/make-folder.ts';
import { forgetUsed, renumberLists } from '../../storage/sqlite/snapshot.ts';
import { partNames } from './archive.ts';
import type { BackupInput } from './back-up.ts';
import { commitRestore, isRestorePending, partialFolder, settleRestore } from './pending-restore.ts';
import { type BackupFacts, extractVerified } from './verified-parts.ts';

/** What is restored, and where to. */
export interface RestoreInput extends BackupInput {
  /** Sets a database and a CA aside that are there already; without it they stop the restore. */
  readonly replace: boolean;
}

/**
 * Puts the files of a verified backup into a data folder that no server uses. Whatever ends this, the folder has its former files or
 * those of the backup when a server opens it. Files that were there are renamed, not deleted. Rejects with `invalid_input` when there
 * are some and `replace` is false, and with `storage_failed` when a server runs, the backup is not whole, or the folder is another
 * user's: then nothing changes. Where the files cannot be put in their places, the error says that the restore waits for it.
 */
export async function restore({ data, ca, file, replace }: RestoreInput): Promise<BackupFacts> {
  if (!(await isThere(file))) throw new ParleyError('invalid_input', `There is no ${file}. Nothing was changed.`);
  for (const path of [data, join(data, 'controller.db'), dirname(resolve(ca)), ca]) {
    await requireOwner(path, 'parley admin restore …');
  }
  await makeFolder(data);
  const lock = lockFolder(data);
  try {
    const before = (await settle(data)) ? 'A restore that was interrupted was finished, nothing else' : 'Nothing';
    const found = [join(data, 'controller.db'), ca].filter((path) => existsSync(path));
    if (found.length > 0 && !replace) {
      throw new ParleyError(
        'invalid_input',
        `${found.join(' and ')} would be replaced. ${before} was changed. Restore into another folder with --data, or give --replace: files that are there are renamed, not deleted.`,
      );
    }
    const partial = partialFolder(data);
    await mkdir(partial, { mode: 0o700 });
    const facts = await extractVerified(file, partial);
    await renumberLists(join(partial, 'controller.db'), Math.floor(Date.now() / 1_000));
    await forgetUsed(join(partial, 'controller.db'));
    await requirePlaces(data, ca);
    const aside = new Date().toISOString().replace(/[:.]/g, '-');
    await commitRestore(data, { ca: resolve(ca) === resolve(data, 'ca.pem') ? null : resolve(ca), aside });
    await settle(data);
    return facts;
  } finally {
    await rm(partialFolder(data), { recursive: true, force: true });
    lock.release();
  }
}

/** False only for what is not there: what this user may not look at is said to be so. */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Makes sure that every file can be put in its place, before the restore counts: from then on it can only go forward. */
async function requirePlaces(data: string, ca: string): Promise<void> {
  const folder = dirname(resolve(ca));
  await makeFolder(folder);
  for (const each of [data, folder]) await access(each, constants.R_OK | constants.W_OK | constants.X_OK);
  for (const path of [ca, ...partNames.map((name) => join(data, name))]) {
    if ((await isThere(path)) && (await stat(path)).isDirectory()) throw new UnusableFile('folder', path);
  }
}

/** Finishes a restore that counts. True when there was one; what keeps it from its end is told with what to do. */
async function settle(data: string): Promise<boolean> {
  try {
    return await settleRestore(data);
  } catch (cause) {
    const fault = faultOf(cause);
    if (fault === undefined || !isRestorePending(data)) throw cause;
    const { path = data } = fault;
    const why = faultSentence({ flag: undefined, path }, { ...fault, path });
    const detail = `The restore into ${data} is not finished: ${why} The next start of the server, or of this command, finishes it.`;
    // Without its cause, whose own sentence would be told in place of this one.
    throw new ParleyError(fault.kind === 'full' ? 'storage_full' : 'storage_failed', detail);
  }
}
