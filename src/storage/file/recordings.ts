import type { DatabaseSync } from 'node:sqlite';
import type { RecordingStore } from '../../agent/contracts/recording-store.ts';
import { guarded } from '../guarded.ts';
import { readableOf } from '../stored-history.ts';
import { recordingV1, toRecordingV1 } from '../stored-recording.ts';
import { emptyLog, inTransaction } from './transaction.ts';

/** What an agent recorded of its newest sessions. */
export const recordingsSchema = `
  CREATE TABLE recordings (
    session_id TEXT PRIMARY KEY, peer_id TEXT NOT NULL, at INTEGER NOT NULL, is_full INTEGER NOT NULL, iv BLOB NOT NULL,
    ciphertext BLOB NOT NULL
  ) STRICT;
`;

/** Opens the part of an agent's store that holds its recordings of sessions. One that is damaged is left out. */
export function openRecordings(database: () => DatabaseSync): RecordingStore {
  return {
    loadRecordings: () =>
      guarded(async () => {
        const rows = database()
          .prepare(
            'SELECT session_id AS sessionId, peer_id AS peerId, at, is_full AS isFull, iv, ciphertext FROM recordings ORDER BY at',
          )
          .all();
        return readableOf(
          recordingV1,
          rows.map((row) => ({ ...row, isFull: row.isFull === 1 })),
        );
      }),
    saveRecordings: (recordings, drop) =>
      guarded(async () => {
        inTransaction(database(), () => {
          const remove = database().prepare('DELETE FROM recordings WHERE session_id = ?');
          for (const sessionId of drop) remove.run(sessionId);
          const put = database().prepare('INSERT OR REPLACE INTO recordings VALUES (?, ?, ?, ?, ?, ?)');
          for (const recording of recordings) {
            const { sessionId, peerId, at, isFull, iv, ciphertext } = toRecordingV1(recording);
            put.run(sessionId, peerId, at, isFull ? 1 : 0, iv, ciphertext);
          }
        });
        if (drop.length > 0 && recordings.length === 0) emptyLog(database());
      }),
  };
}
