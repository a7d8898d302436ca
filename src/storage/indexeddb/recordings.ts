import type { RecordingStore } from '../../agent/contracts/recording-store.ts';
import { guarded } from '../guarded.ts';
import { readableOf } from '../stored-history.ts';
import { recordingV1, toRecordingV1 } from '../stored-recording.ts';
import { type OpenDatabase, writeAtOnce } from './transaction.ts';

/** Opens the part of an agent's store that holds its recordings of sessions. One that is damaged is left out. */
export function openRecordings(open: OpenDatabase): RecordingStore {
  return {
    loadRecordings: () =>
      guarded(async () => {
        const found = await (await open()).getAll('recordings');
        return [...readableOf(recordingV1, found)].sort((a, b) => a.at - b.at);
      }),
    saveRecordings: (recordings, drop) =>
      guarded(() =>
        writeAtOnce(open, ['recordings'], 'relaxed', async (transaction) => {
          const store = transaction.objectStore('recordings');
          await Promise.all([
            ...drop.map((sessionId) => store.delete(sessionId)),
            ...recordings.map((recording) => store.put(toRecordingV1(recording))),
          ]);
        }),
      ),
  };
}
