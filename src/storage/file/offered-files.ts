import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { OfferedSources } from '../../agent/contracts/file-store.ts';
import { withoutExperimentalWarnings } from '../../platform/experimental-warnings.ts';
import { guarded } from '../guarded.ts';
import { createMemorySources } from '../memory/files.ts';
import { hasCode } from './error-code.ts';

/**
 * Opens the part of an agent's store that knows where offered files lie: a file that was changed since is gone. Bytes that lie nowhere
 * live as long as the process.
 */
export function openOfferedFiles(database: () => DatabaseSync): OfferedSources & { clear(): void } {
  const { clear, ...memory } = createMemorySources();
  return {
    clear,
    keep: (id, file) =>
      guarded(async () => {
        if (file.path === undefined) return memory.keep(id, file);
        const path = resolve(file.path);
        const { size, mtimeMs } = await stat(path);
        database().prepare('INSERT OR REPLACE INTO offered_files VALUES (?, ?, ?, ?)').run(id, path, size, mtimeMs);
      }),
    open: (id) =>
      guarded(async () => {
        const found = database().prepare('SELECT path, size, changed_at FROM offered_files WHERE id = ?').get(id);
        if (found === undefined) return memory.open(id);
        const path = String(found.path);
        const now = await statOf(path);
        const isSame = now?.isFile() === true && now.size === found.size && now.mtimeMs === found.changed_at;
        return isSame ? blobAt(path) : undefined;
      }),
    drop: (id) =>
      guarded(async () => {
        await memory.drop(id);
        database().prepare('DELETE FROM offered_files WHERE id = ?').run(id);
      }),
    list: () =>
      guarded(async () => [
        ...(await memory.list()),
        ...database()
          .prepare('SELECT id FROM offered_files')
          .all()
          .map(({ id }) => String(id)),
      ]),
  };
}

/** Returns a file as a blob, which reads it piece by piece. */
export function blobAt(path: string): Promise<Blob> {
  return withoutExperimentalWarnings(() => openAsBlob(path));
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR')) return undefined;
    throw cause;
  }
}
