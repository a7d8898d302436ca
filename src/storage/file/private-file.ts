import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isError } from '../../protocol/realm.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Replaces a file that only its owner may read (mode 0600) by `text`, durably: after a crash it is the old one or the new
 * one, whole.
 */
export async function writePrivateFile(path: string, text: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(temporary, 'w', 0o600).catch((error: unknown) => {
    // Nobody knows the temporary file by its name.
    throw isError(error) ? Object.assign(error, { path }) : error;
  });
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    // A full disk would keep half of it for ever.
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}
