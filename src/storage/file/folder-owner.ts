import { stat } from 'node:fs/promises';
import { ParleyError } from '../../protocol/errors.ts';
import { hasCode } from './error-code.ts';

/** Who runs this process; undefined where users have no numbers. */
const ownUid = process.getuid?.();

/** Root, who can read everything: where a folder belongs to root, a user with the right to write there may use it. */
const root = 0;

/**
 * Makes sure that what is at `path`, a file or a folder, belongs to the user of this process: what another user writes beside it is
 * closed to its owner. `command` is what that user is to run. Rejects with `storage_failed`; nothing at `path` is no error.
 */
export async function requireOwner(path: string, command: string, uid: number | undefined = ownUid): Promise<void> {
  const owner = await ownerOf(path);
  if (owner === undefined || uid === undefined || owner === uid || owner === root) return;
  throw new ParleyError(
    'storage_failed',
    `${path} belongs to user ${owner}, and this command runs as user ${uid}: ${owner} could not read what it writes. Nothing was changed. Run it as that user: runuser -u "$(id -nu ${owner})" -- ${command}`,
  );
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).uid;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
