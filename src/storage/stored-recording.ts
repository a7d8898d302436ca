import * as v from 'valibot';
import type { NoMembers } from '../agent/contracts/no-members.ts';
import type { StoredRecording } from '../agent/contracts/recording-store.ts';
import { storedBytes } from './stored-history.ts';

/** Version 1 of the row of a recording, whose plaintext has versions of its own. It is never changed. */
export const recordingV1 = v.object({
  sessionId: v.string(),
  peerId: v.string(),
  at: v.number(),
  isFull: v.boolean(),
  iv: storedBytes,
  ciphertext: storedBytes,
});

/** Returns what is stored of a recording. */
export function toRecordingV1(recording: StoredRecording): v.InferOutput<typeof recordingV1> {
  const { sessionId, peerId, at, isFull, iv, ciphertext, ...undecided } = recording;
  undecided satisfies NoMembers;
  return { sessionId, peerId, at, isFull, iv, ciphertext };
}
