import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { ArchiveStore, StoredArchiveRecord } from '../../agent/contracts/archive-store.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { BoundedPiece } from '../bounded-piece.ts';
import { guarded } from '../guarded.ts';
import { parsedRecord, recordToJson } from '../json/record.ts';
import { archiveRecordV1, archiveV1, toArchiveV1 } from '../stored-archive.ts';
import { emptyLog, inTransaction } from './transaction.ts';

/** Imported histories, and their exchanges, which go with them. */
export const archivesSchema = `
  CREATE TABLE archives (id TEXT PRIMARY KEY, imported_at INTEGER NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE archive_records (
    archive_id TEXT NOT NULL, peer_id TEXT NOT NULL, sequence INTEGER NOT NULL, iv BLOB NOT NULL, ciphertext BLOB NOT NULL,
    PRIMARY KEY (archive_id, peer_id, sequence)
  ) STRICT;
  CREATE TRIGGER archive_deleted AFTER DELETE ON archives BEGIN
    DELETE FROM archive_records WHERE archive_id = old.id;
  END;
`;

const selectRecords = `SELECT archive_id AS archiveId, peer_id AS peerId, sequence, iv, ciphertext FROM archive_records
  WHERE archive_id = ? AND peer_id = ? AND sequence < ? ORDER BY sequence DESC`;

/**
 * Opens the part of an agent's store that holds imported histories. Its calls throw `storage_failed` for a damaged
 * record.
 */
export function openArchives(database: () => DatabaseSync): ArchiveStore {
  return {
    loadArchives: () =>
      guarded(async () =>
        database()
          .prepare('SELECT record FROM archives ORDER BY imported_at')
          .all()
          .map(({ record }) => {
            if (typeof record === 'string') return parsedRecord(archiveV1, record);
            throw new ParleyError('storage_failed', 'A stored record is damaged. Restore the data from a backup.');
          }),
      ),
    addArchive: (archive, records) =>
      guarded(async () =>
        inTransaction(database(), () => {
          const added = database()
            .prepare('INSERT INTO archives VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
            .run(archive.archiveId, archive.importedAt, recordToJson(toArchiveV1(archive)));
          if (Number(added.changes) === 0) return false;
          const add = database().prepare('INSERT INTO archive_records VALUES (?, ?, ?, ?, ?)');
          for (const { archiveId, peerId, sequence, iv, ciphertext } of records) {
            add.run(archiveId, peerId, sequence, iv, ciphertext);
          }
          return true;
        }),
      ),
    archiveRecordsBefore: (archiveId, peerId, before = Number.MAX_SAFE_INTEGER, count, bytes) =>
      guarded(async () => {
        const piece = new BoundedPiece<StoredArchiveRecord>(count, bytes);
        for (const row of database().prepare(selectRecords).iterate(archiveId, peerId, before)) {
          if (!piece.add(v.parse(archiveRecordV1, row))) break;
        }
        return piece.records;
      }),
    deleteArchive: (archiveId) =>
      guarded(async () => {
        const { changes } = database().prepare('DELETE FROM archives WHERE id = ?').run(archiveId);
        // The log still holds the pages as they were.
        emptyLog(database());
        return Number(changes) > 0;
      }),
  };
}
