import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ParleyError } from '../../protocol/errors.ts';
import { faultOf, faultSentence, UnusableFile } from './file-fault.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Writes a file, durably, once all of its bytes have come: they are collected beside it under another name, which takes the place of
 * `path` at the end. Rejects with what `bytes` throws, with `storage_full` or `storage_failed` and a sentence with the path, and with
 * `invalid_input` without one; then nothing of it is left, and what was at `path` stays.
 */
export async function writeWholeFile(path: string | undefined, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  if (typeof path !== 'string' || path === '') {
    throw new ParleyError('invalid_input', 'Saving needs a path on Node. Nothing was read.');
  }
  const temporary = join(dirname(path), `.parley-${randomBytes(8).toString('hex')}.part`);
  await withPath(path, refuseFolder(path));
  const file = await withPath(path, open(temporary, 'wx'));
  try {
    try {
      for await (const part of bytes) await withPath(path, writeAll(file, part));
      await withPath(path, file.sync());
    } finally {
      await file.close();
    }
    await withPath(path, rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await withPath(path, syncFolder(dirname(path)));
}

async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw new UnusableFile('folder', path);
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at);
    at += bytesWritten;
  }
}

/** Settles as `work`; what the system says against it names `path`, since nobody knows the temporary file. */
async function withPath<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const fault = faultOf(cause);
    if (fault === undefined) throw cause;
    const detail = faultSentence({ flag: undefined, path }, { kind: fault.kind, path });
    throw new ParleyError(fault.kind === 'full' ? 'storage_full' : 'storage_failed', detail, { cause });
  }
}
