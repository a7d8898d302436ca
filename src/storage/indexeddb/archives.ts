import * as v from 'valibot';
import type { ArchiveStore, StoredArchive, StoredArchiveRecord } from '../../agent/contracts/archive-store.ts';
import { BoundedPiece } from '../bounded-piece.ts';
import { guarded } from '../guarded.ts';
import { archiveRecordV1, archiveV1, toArchiveRecordV1, toArchiveV1 } from '../stored-archive.ts';
import { type OpenDatabase, writeAtOnce } from './transaction.ts';

const archiveStores: ('archives' | 'archiveRecords')[] = ['archives', 'archiveRecords'];

/** Opens the part of an agent's store that holds imported histories. */
export function openArchives(open: OpenDatabase): ArchiveStore {
  return {
    loadArchives: () =>
      guarded(async (): Promise<readonly StoredArchive[]> => {
        const found = v.parse(v.array(archiveV1), await (await open()).getAll('archives'));
        return found.sort((a, b) => a.importedAt - b.importedAt);
      }),
    addArchive: (archive, records) =>
      guarded(() =>
        writeAtOnce(open, archiveStores, 'strict', async (transaction) => {
          const archives = transaction.objectStore('archives');
          if ((await archives.count(archive.archiveId)) > 0) return false;
          const store = transaction.objectStore('archiveRecords');
          await Promise.all([
            archives.add(toArchiveV1(archive)),
            ...records.map((record) => store.add(toArchiveRecordV1(record))),
          ]);
          return true;
        }),
      ),
    archiveRecordsBefore: (archiveId, peerId, before = Number.POSITIVE_INFINITY, count, bytes) =>
      guarded(async () => {
        const piece = new BoundedPiece<StoredArchiveRecord>(count, bytes);
        const { store } = (await open()).transaction('archiveRecords');
        const range = IDBKeyRange.bound([archiveId, peerId, 0], [archiveId, peerId, before], false, true);
        for await (const cursor of store.iterate(range, 'prev')) {
          if (!piece.add(v.parse(archiveRecordV1, cursor.value))) break;
        }
        return piece.records;
      }),
    deleteArchive: (archiveId) =>
      guarded(() =>
        writeAtOnce(open, archiveStores, 'strict', async (transaction) => {
          const archives = transaction.objectStore('archives');
          const isThere = (await archives.count(archiveId)) > 0;
          // An array sorts after every string, so this is the range of all that begin with the archive's id.
          const all = IDBKeyRange.bound([archiveId], [archiveId, []]);
          await Promise.all([archives.delete(archiveId), transaction.objectStore('archiveRecords').delete(all)]);
          return isThere;
        }),
      ),
  };
}
