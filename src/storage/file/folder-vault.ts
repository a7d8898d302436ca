import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { FileVault } from '../../agent/contracts/file-store.ts';
import { guarded } from '../guarded.ts';
import { hasCode } from './error-code.ts';
import { makeFolder } from './make-folder.ts';
import { blobAt } from './offered-files.ts';
import { syncFolder } from './sync-folder.ts';
import { takeName } from './take-name.ts';

/** Where a vault puts files. */
export interface VaultFolder {
  readonly path: string;
  /** True for one inside the agent's own folder: it goes with the agent, and its whole files with their rows in the list. */
  readonly isOwn: boolean;
}

/** A vault in a folder. */
export interface FolderVault extends FileVault {
  /** Deletes what has not come whole, and in the agent's own folder everything. */
  clear(): Promise<void>;
}

/** Opens a folder for files that come: one that is coming is `<id>.part`, and gets its name when it is whole. */
export function openFolderVault({ path: given, isOwn }: VaultFolder, database: () => DatabaseSync): FolderVault {
  const folder = resolve(given);
  const handles = new Map<string, Promise<FileHandle>>();
  const partOf = (id: string) => {
    const found = database().prepare('SELECT path FROM file_parts WHERE id = ?').get(id);
    return found === undefined ? undefined : String(found.path);
  };
  const opened = (id: string) => {
    const opening = handles.get(id) ?? openPart(id);
    handles.set(id, opening);
    opening.catch(() => handles.delete(id));
    return opening;
  };
  const openPart = async (id: string) => {
    const part = partOf(id);
    if (part !== undefined && (await sizeOf(part)) !== undefined) return open(part, 'r+');
    await makeFolder(folder);
    const path = join(folder, `${id}.part`);
    await rm(path, { force: true });
    database().prepare('INSERT OR REPLACE INTO file_parts VALUES (?, ?)').run(id, path);
    // Nobody has put a link there meanwhile.
    return open(path, 'wx', 0o600);
  };
  const rest = async (id: string) => {
    const opening = handles.get(id);
    handles.delete(id);
    await (await opening)?.close();
  };
  const forget = (id: string) => database().prepare('DELETE FROM file_parts WHERE id = ?').run(id);
  const dropPart = async (id: string) => {
    await rest(id);
    const part = partOf(id);
    if (part !== undefined) await rm(part, { force: true });
    forget(id);
  };
  const list = () =>
    database()
      .prepare('SELECT id FROM file_parts')
      .all()
      .map(({ id }) => String(id));
  return {
    list: () => guarded(async () => list()),
    size: (id) =>
      guarded(async () => {
        const part = partOf(id);
        return (part === undefined ? undefined : await sizeOf(part)) ?? 0;
      }),
    write: (id, at, parts) =>
      guarded(async () => {
        const handle = await opened(id);
        let to = at;
        for (const part of parts) {
          await writeAll(handle, part, to);
          to += part.length;
        }
      }),
    flush: (id) => guarded(async () => (await opened(id)).datasync()),
    rest: (id) => guarded(() => rest(id)),
    keep: (id, name) =>
      guarded(async () => {
        // Nothing was written of an empty file.
        await (await opened(id)).datasync();
        await rest(id);
        const part = partOf(id) ?? join(folder, `${id}.part`);
        const place = await takeName(part, dirname(part), name);
        forget(id);
        await syncFolder(dirname(part));
        return place;
      }),
    open: (_id, place) => guarded(async () => ((await sizeOf(place)) === undefined ? undefined : blobAt(place))),
    drop: (id, place) =>
      guarded(async () => {
        await dropPart(id);
        if (isOwn && place !== undefined && dirname(place) === folder) await rm(place, { force: true });
      }),
    clear: () =>
      guarded(async () => {
        for (const id of list()) await dropPart(id);
        if (isOwn) await rm(folder, { recursive: true, force: true });
      }),
  };
}

/** Writes all of a part: a full disk may take the beginning, and fails then. */
async function writeAll(handle: FileHandle, part: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < part.length; ) {
    const { bytesWritten } = await handle.write(part, done, part.length - done, at + done);
    done += bytesWritten;
  }
}

/** Returns the size of a file; undefined where there is none. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR')) return undefined;
    throw cause;
  }
}
