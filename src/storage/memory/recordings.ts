import type { RecordingStore, StoredRecording } from '../../agent/contracts/recording-store.ts';

/** Recordings of sessions, for as long as the process lives. */
export interface MemoryRecordings extends RecordingStore {
  clear(): void;
}

/** Creates an empty store of recordings. */
export function createMemoryRecordings(): MemoryRecordings {
  const recordings = new Map<string, StoredRecording>();
  return {
    loadRecordings: async () => [...recordings.values()].sort((a, b) => a.at - b.at),
    saveRecordings: async (saved, drop) => {
      for (const sessionId of drop) recordings.delete(sessionId);
      for (const recording of saved) recordings.set(recording.sessionId, recording);
    },
    clear: () => recordings.clear(),
  };
}
