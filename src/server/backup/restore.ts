import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ParleyError } from '../../protocol/errors.ts';
import { lockFolder } from '../../storage/file/folder-lock.ts';
import { makeFolder } from '../../storage/file/make-folder.ts';
import { renumberLists } from '../../storage/sqlite/snapshot.ts';
import type { BackupInput } from './back-up.ts';
import { commitRestore, partialFolder, settleRestore } from './pending-restore.ts';
import { type BackupFacts, extractVerified } from './verified-parts.ts';

/** What is restored, and where to. */
export interface RestoreInput extends BackupInput {
  /** Sets a database and a CA aside that are there already; without it they stop the restore. */
  readonly replace: boolean;
}

/**
 * Puts the files of a verified backup into a data folder that no server uses. Whatever ends this, the folder has its former files or
 * those of the backup when a server opens it. Files that were there are renamed, not deleted. Rejects with `invalid_input` when there
 * are some and `replace` is false, and with `storage_failed` when a server runs or the backup is not whole: then nothing changes.
 */
export async function restore({ data, ca, file, replace }: RestoreInput): Promise<BackupFacts> {
  if (!existsSync(file)) throw new ParleyError('invalid_input', `There is no ${file}. Nothing was changed.`);
  await makeFolder(data);
  const lock = lockFolder(data);
  try {
    await settleRestore(data);
    const found = [join(data, 'controller.db'), ca].filter((path) => existsSync(path));
    if (found.length > 0 && !replace) {
      throw new ParleyError(
        'invalid_input',
        `${found.join(' and ')} would be replaced. Nothing was changed. Restore into another folder with --data, or give --replace: files that are there are renamed, not deleted.`,
      );
    }
    const partial = partialFolder(data);
    await mkdir(partial, { mode: 0o700 });
    const facts = await extractVerified(file, partial);
    await renumberLists(join(partial, 'controller.db'), Math.floor(Date.now() / 1_000));
    const aside = new Date().toISOString().replace(/[:.]/g, '-');
    await commitRestore(data, { ca: resolve(ca) === resolve(data, 'ca.pem') ? null : resolve(ca), aside });
    await settleRestore(data);
    return facts;
  } finally {
    await rm(partialFolder(data), { recursive: true, force: true });
    lock.release();
  }
}
