import type { FileVault } from '../../agent/contracts/file-store.ts';
import { isNamed } from '../../protocol/realm.ts';
import { guarded } from '../guarded.ts';

/** What a dedicated worker writes a file of the origin's own file system with (`FileSystemSyncAccessHandle` of the File System Standard). */
interface SyncHandle {
  getSize(): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  flush(): void;
  close(): void;
}

type Writable = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> };

/** Milliseconds before a file is opened again that a worker which has just ended still holds. */
const heldMs = [50, 200, 500, 1_000];
/** The folder of all agents. */
const rootName = 'parley-files';

/** A vault in the origin's own file system. */
export interface OpfsVault extends FileVault {
  /** Deletes all of it. */
  clear(): Promise<void>;
}

/** True in a dedicated worker of a browser that can write such files piece by piece. */
export function canWriteFiles(): boolean {
  return (
    typeof FileSystemFileHandle !== 'undefined' &&
    'createSyncAccessHandle' in FileSystemFileHandle.prototype &&
    typeof navigator.storage?.getDirectory === 'function'
  );
}

/** Opens an agent's folder in the origin's own file system; nothing is made there before something is written. */
export function openOpfsVault(agentId: string): OpfsVault {
  const handles = new Map<string, Promise<SyncHandle>>();
  const root = async (create: boolean) =>
    (await navigator.storage.getDirectory()).getDirectoryHandle(rootName, { create });
  const folder = async (create: boolean) => (await root(create)).getDirectoryHandle(agentId, { create });
  const open = (id: string) => {
    const opening = handles.get(id) ?? folder(true).then((there) => handleOf(there, id));
    handles.set(id, opening);
    opening.catch(() => handles.delete(id));
    return opening;
  };
  const rest = async (id: string) => {
    const opening = handles.get(id);
    handles.delete(id);
    (await opening)?.close();
  };
  const found = async (id: string) => orNothing(async () => (await (await folder(false)).getFileHandle(id)).getFile());
  return {
    list: () => guarded(async () => (await orNothing(async () => namesIn(await folder(false)))) ?? []),
    size: (id) =>
      guarded(async () => {
        const opening = handles.get(id);
        return opening === undefined ? ((await found(id))?.size ?? 0) : (await opening).getSize();
      }),
    write: (id, at, parts) =>
      guarded(async () => {
        const handle = await open(id);
        let to = at;
        for (const part of parts) {
          if (handle.write(part, { at: to }) < part.length) throw new DOMException('', 'QuotaExceededError');
          to += part.length;
        }
      }),
    flush: (id) => guarded(async () => (await open(id)).flush()),
    rest: (id) => guarded(() => rest(id)),
    keep: (id) =>
      guarded(async () => {
        // Nothing was written of an empty file.
        (await open(id)).flush();
        await rest(id);
        return id;
      }),
    open: (id) => guarded(() => found(id)),
    drop: (id) =>
      guarded(async () => {
        await rest(id);
        await orNothing(async () => (await folder(false)).removeEntry(id));
      }),
    clear: () =>
      guarded(async () => {
        for (const id of [...handles.keys()]) await rest(id);
        await orNothing(async () => (await root(false)).removeEntry(agentId, { recursive: true }));
      }),
  };
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

/** Opens a file to write; one that an earlier worker of this agent still holds is waited for. */
async function handleOf(folder: FileSystemDirectoryHandle, id: string): Promise<SyncHandle> {
  const file = await folder.getFileHandle(id, { create: true });
  if (!isWritable(file)) throw new DOMException('', 'NotSupportedError');
  for (const ms of heldMs) {
    try {
      return await file.createSyncAccessHandle();
    } catch (cause) {
      if (!isNamed(cause, 'NoModificationAllowedError')) throw cause;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
  return file.createSyncAccessHandle();
}

function isWritable(file: FileSystemFileHandle): file is Writable {
  return 'createSyncAccessHandle' in file;
}

/** Settles as `work`; undefined for what is not there. */
async function orNothing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    if (isNamed(cause, 'NotFoundError')) return undefined;
    throw cause;
  }
}
