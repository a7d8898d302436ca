import type { ArchiveStore, StoredArchive, StoredArchiveRecord } from '../../agent/contracts/archive-store.ts';
import { bounded } from '../bounded-piece.ts';

/** Imported histories for as long as the process lives. */
export interface MemoryArchives extends ArchiveStore {
  clear(): void;
}

/** Creates an empty store of archives. */
export function createMemoryArchives(): MemoryArchives {
  const archives = new Map<string, { archive: StoredArchive; records: readonly StoredArchiveRecord[] }>();
  return {
    loadArchives: async () => Array.from(archives.values(), ({ archive }) => archive).sort(byImport),
    addArchive: async (archive, records) => {
      if (archives.has(archive.archiveId)) return false;
      archives.set(archive.archiveId, { archive, records });
      return true;
    },
    archiveRecordsBefore: async (archiveId, peerId, before = Number.POSITIVE_INFINITY, count, bytes) => {
      const all = archives.get(archiveId)?.records ?? [];
      const found = all.filter((record) => record.peerId === peerId && record.sequence < before);
      return bounded(
        found.sort((a, b) => b.sequence - a.sequence),
        count,
        bytes,
      );
    },
    deleteArchive: async (archiveId) => archives.delete(archiveId),
    clear: () => archives.clear(),
  };
}

function byImport(a: StoredArchive, b: StoredArchive): number {
  return a.importedAt - b.importedAt;
}
