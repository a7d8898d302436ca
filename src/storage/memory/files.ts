import type {
  FileRecords,
  FileStores,
  FileVault,
  OfferedSources,
  StoredFile,
  StoredFilePolicy,
} from '../../agent/contracts/file-store.ts';
import type { GivenFile } from '../../agent/contracts/files-api.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';

/** Files, for as long as the process lives. */
export interface MemoryFiles {
  readonly files: FileStores;
  clear(): void;
}

/** Creates an empty store of files. */
export function createMemoryFiles(): MemoryFiles {
  const { clear: clearRecords, ...records } = createRecords();
  const { clear: clearVault, ...vault } = createMemoryVault();
  const { clear: clearSources, ...sources } = createMemorySources();
  return {
    files: { records, vault, sources },
    clear: () => {
      clearRecords();
      clearVault();
      clearSources();
    },
  };
}

function createRecords(): FileRecords & { clear(): void } {
  const files = new Map<string, StoredFile>();
  const policies = new Map<string, StoredFilePolicy>();
  return {
    loadFiles: async () => [...files.values()],
    saveFile: async (file) => {
      files.set(file.id, file);
    },
    dropFile: async (id) => {
      files.delete(id);
    },
    loadFilePolicies: async () => [...policies.values()],
    saveFilePolicy: async (policy) => {
      policies.set(policy.peerId, policy);
    },
    clear: () => {
      files.clear();
      policies.clear();
    },
  };
}

function createMemoryVault(): FileVault & { clear(): void } {
  const blocks = new Map<string, Map<number, Bytes>>();
  const inOrder = (id: string) => [...(blocks.get(id) ?? [])].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
  return {
    list: async () => [...blocks.keys()],
    size: async (id) => inOrder(id).reduce((sum, bytes) => sum + bytes.length, 0),
    write: async (id, at, parts) => {
      const there = blocks.get(id) ?? new Map<number, Bytes>();
      blocks.set(id, there.set(at, concat(...parts)));
    },
    flush: async () => undefined,
    rest: async () => undefined,
    keep: async (id, name) => {
      if (!blocks.has(id)) blocks.set(id, new Map());
      return name;
    },
    open: async (id) => (blocks.has(id) ? new Blob(inOrder(id)) : undefined),
    drop: async (id) => {
      blocks.delete(id);
    },
    clear: () => blocks.clear(),
  };
}

/** Creates where offered files are held that lie nowhere else. */
export function createMemorySources(): OfferedSources & { clear(): void } {
  const given = new Map<string, GivenFile>();
  return {
    keep: async (id, file) => {
      given.set(id, file);
    },
    open: async (id) => given.get(id)?.blob,
    drop: async (id) => {
      given.delete(id);
    },
    list: async () => [...given.keys()],
    clear: () => given.clear(),
  };
}
