import { randomBytes } from 'node:crypto';
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ParleyError } from '../protocol/errors.ts';
import { isError } from '../protocol/realm.ts';
import { hasCode } from '../storage/file/error-code.ts';
import { writePrivateFile } from '../storage/file/private-file.ts';
import { readFileUpTo } from '../storage/file/read-file.ts';
import type { Log } from './telemetry/log.ts';

/** Characters that a token has at least. */
const shortest = 16;
/** Bytes of a file that holds one. */
const largestFile = 64 * 1024;

/**
 * Returns what gives the token in a file of `folder`, made at first use: the one that is there when it is asked for, so that another
 * one counts without a restart (`token_reloaded`). A file that is gone, or holds no token, changes nothing (`token_unusable`).
 * Throws as `tokenIn`.
 */
export async function rotatingToken(folder: string, name: string, log: Log): Promise<() => Promise<string>> {
  const path = join(folder, name);
  let token = await tokenIn(folder, name);
  let seen = await markOf(path);
  return async () => {
    const mark = await markOf(path);
    if (mark === seen) return token;
    seen = mark;
    try {
      if (mark === undefined) throw new ParleyError('storage_failed', `${path} has gone.`);
      token = await tokenIn(folder, name);
      // Its mode may have been mended.
      seen = await markOf(path);
      log('info', 'token_reloaded', { file: name });
    } catch (error) {
      if (!isError(error)) throw error;
      log('warn', 'token_unusable', { file: name });
    }
    return token;
  };
}

/** Returns what gives the token in a file of `folder` as `rotatingToken` does; undefined where there is no such file. */
export async function storedToken(
  folder: string,
  name: string,
  log: Log,
): Promise<(() => Promise<string>) | undefined> {
  return (await markOf(join(folder, name))) === undefined ? undefined : rotatingToken(folder, name, log);
}

/** Returns a mark that tells a file from the one before it; undefined when there is none. */
async function markOf(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Returns the token in a file of mode 0600 under `folder`, made at first use. Throws `storage_failed` for a file that holds none:
 * another token in its place would lock out everybody who has the one that is lost.
 */
async function tokenIn(folder: string, name: string): Promise<string> {
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
