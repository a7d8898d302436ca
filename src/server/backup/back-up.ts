import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';
import { hasCode } from '../../storage/file/error-code.ts';
import { readFileUpTo } from '../../storage/file/read-file.ts';
import { syncFolder } from '../../storage/file/sync-folder.ts';
import { copyDatabase } from '../../storage/sqlite/snapshot.ts';
import { parleyVersion } from '../web/package-folder.ts';
import { type Part, writeArchive } from './archive.ts';
import { isRestorePending } from './pending-restore.ts';
import { type BackupFacts, extractVerified, format } from './verified-parts.ts';

/** Bytes of a file with a CA or a token. */
const largestFile = 64 * 1024;
/** What systems say where a file system has no hard links. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];
const tokenFiles = ['operator-token', 'registration-token', 'metrics-token'] as const;

/** What is backed up, and where to. */
export interface BackupInput {
  /** The server's data folder. */
  readonly data: string;
  /** The file of its CA. */
  readonly ca: string;
  /** The new file. */
  readonly file: string;
}

/**
 * Writes a server's database, its CA and its tokens to one new file (mode 0600), also while the server runs, and verifies the file
 * before it has its name. Whatever ends this, the file is whole or not there. Rejects with `invalid_input` when there is one already,
 * else with `storage_failed` or what the system says. `linked` makes a hard link.
 */
export async function backUp({ data, ca, file }: BackupInput, linked: typeof link = link): Promise<BackupFacts> {
  if (existsSync(file)) throw exists(file);
  const database = join(data, 'controller.db');
  if (isRestorePending(data)) {
    const detail = `A restore into ${data} was interrupted. Start the server once, or run restore again, then back up.`;
    throw new ParleyError('storage_failed', detail);
  }
  for (const [path, flag] of [
    [database, '--data (PARLEY_DATA)'],
    [ca, '--ca (PARLEY_CA)'],
  ] as const) {
    if (!existsSync(path)) throw new ParleyError('invalid_input', `There is no ${path} to back up. Check ${flag}.`);
  }
  const scratch = await makeScratch(resolve(file));
  try {
    const copy = join(scratch, 'controller.db');
    await copyDatabase(database, copy);
    const archive = join(scratch, 'backup');
    await writeArchive(archive, [
      manifest(),
      { name: 'controller.db', content: { path: copy } },
      ...(await secrets(data, ca)),
    ]);
    const check = join(scratch, 'check');
    await mkdir(check, { mode: 0o700 });
    const facts = await extractVerified(archive, check);
    // Unlike a rename, a link replaces nothing.
    await linked(archive, file).catch((cause: unknown) => {
      if (hasCode(cause, 'EEXIST')) throw exists(file);
      // The folder took the archive a moment ago: it is not the user who may not write there.
      throw noLinks.some((code) => hasCode(cause, code)) ? withoutLinks(file) : cause;
    });
    await syncFolder(dirname(resolve(file)));
    return facts;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function manifest(): Part {
  const text = JSON.stringify({ format, created_at: new Date().toISOString(), parley: parleyVersion() });
  return { name: 'manifest.json', content: new TextEncoder().encode(`${text}\n`) };
}

async function secrets(data: string, ca: string): Promise<readonly Part[]> {
  const parts: Part[] = [{ name: 'ca.pem', content: await readFileUpTo(ca, largestFile) }];
  for (const name of tokenFiles) {
    const path = join(data, name);
    if (existsSync(path)) parts.push({ name, content: await readFileUpTo(path, largestFile) });
  }
  return parts;
}

/** Makes a folder beside the file for what is not whole yet, and removes those of processes that were killed. */
async function makeScratch(file: string): Promise<string> {
  const folder = dirname(file);
  const prefix = `${basename(file)}.partial-`;
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (/^\d+$/.test(pid) && !isAlive(Number(pid))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
  const scratch = join(folder, `${prefix}${process.pid}`);
  await mkdir(scratch, { mode: 0o700 });
  return scratch;
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (!isError(error)) throw error;
    return hasCode(error, 'EPERM');
  }
}

function withoutLinks(file: string): ParleyError {
  const detail = `${dirname(resolve(file))} is on a file system without hard links. No backup was written. Write it to another file system, then copy it.`;
  return new ParleyError('storage_failed', detail);
}

function exists(file: string): ParleyError {
  return new ParleyError('invalid_input', `${file} already exists. Give another name: nothing is overwritten.`);
}
