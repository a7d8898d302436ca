import { randomBytes } from 'node:crypto';
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ParleyError } from '../protocol/errors.ts';
import { hasCode } from '../storage/file/error-code.ts';
import { writePrivateFile } from '../storage/file/private-file.ts';
import { readFileUpTo } from '../storage/file/read-file.ts';

/** Characters that a token has at least. */
const shortest = 16;
/** Bytes of a file that holds one. */
const largestFile = 64 * 1024;

/**
 * Returns the token in a file of mode 0600 under `folder`, made at first use. Throws `storage_failed` for a file that holds none:
 * another token in its place would lock out everybody who has the one that is lost.
 */
export async function tokenIn(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const kept = await readIfThere(path);
  if (kept === undefined) {
    const token = randomBytes(24).toString('base64url');
    await writePrivateFile(path, `${token}\n`);
    return token;
  }
  const token = kept.trim();
  if (token.length < shortest) {
    const detail = `${path} holds no token of ${shortest} characters. Restore it, or delete it to have another one made.`;
    throw new ParleyError('storage_failed', detail);
  }
  if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
  return token;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readFileUpTo(path, largestFile));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
