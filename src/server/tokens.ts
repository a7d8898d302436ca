import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from '../storage/file/private-file.ts';

/** A token in a file of mode 0600 under `folder`, made at first use. */
export async function tokenIn(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    const token = (await readFile(path, 'utf8')).trim();
    if (token.length >= 16) return token;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const token = randomBytes(24).toString('base64url');
  await writePrivateFile(path, `${token}\n`);
  return token;
}
