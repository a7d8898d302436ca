import type { Bytes } from '../../protocol/bytes.ts';

/** What an agent recorded of one session, at rest. */
export interface StoredRecording {
  readonly sessionId: string;
  readonly peerId: string;
  /** Milliseconds since 1970 of the session's beginning. */
  readonly at: number;
  /** True for a session that began with a full handshake, not by a resumption. */
  readonly isFull: boolean;
  /** 12 random bytes, new with every writing. */
  readonly iv: Bytes;
  /** AES-256-GCM of the padded JSON of the recording, the tag at the end. */
  readonly ciphertext: Bytes;
}

/** Where an agent keeps its recordings of sessions. Every call rejects with `storage_failed`, or `storage_full`. */
export interface RecordingStore {
  /** Returns every recording, the oldest session first. */
  loadRecordings(): Promise<readonly StoredRecording[]>;
  /** Writes recordings in the place of earlier ones of their sessions, and drops those of `drop`, in one transaction. */
  saveRecordings(recordings: readonly StoredRecording[], drop: readonly string[]): Promise<void>;
}
