import type { DatabaseSync } from 'node:sqlite';
import type { FileRecords } from '../../agent/contracts/file-store.ts';
import { asParleyError } from '../../protocol/errors.ts';
import { guarded } from '../guarded.ts';
import { fileFromJson, filePolicyFromJson, filePolicyToJson, fileToJson } from '../json/file-records.ts';

/** The records of files, what happens to those of a peer, where those are that were offered, and which are coming. */
export const filesSchema = `
  CREATE TABLE files (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE file_policies (peer_id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE offered_files (
    id TEXT PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, changed_at REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE file_parts (id TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Opens the part of an agent's store that holds the records of files. One that is damaged is left out. */
export function openFileRecords(database: () => DatabaseSync): FileRecords {
  const texts = (table: 'files' | 'file_policies') =>
    database()
      .prepare(`SELECT record FROM ${table}`)
      .all()
      .map(({ record }) => String(record));
  return {
    loadFiles: () => guarded(async () => readable(texts('files'), fileFromJson)),
    saveFile: (file) =>
      guarded(async () => {
        database().prepare('INSERT OR REPLACE INTO files VALUES (?, ?)').run(file.id, fileToJson(file));
      }),
    dropFile: (id) =>
      guarded(async () => {
        database().prepare('DELETE FROM files WHERE id = ?').run(id);
      }),
    loadFilePolicies: () => guarded(async () => readable(texts('file_policies'), filePolicyFromJson)),
    saveFilePolicy: (policy) =>
      guarded(async () => {
        const put = database().prepare('INSERT OR REPLACE INTO file_policies VALUES (?, ?)');
        put.run(policy.peerId, filePolicyToJson(policy));
      }),
  };
}

function readable<T>(texts: readonly string[], read: (text: string) => T): readonly T[] {
  return texts.flatMap((text) => {
    try {
      return [read(text)];
    } catch (cause) {
      // A file whose record is damaged is one that there is none of.
      asParleyError(cause);
      return [];
    }
  });
}
