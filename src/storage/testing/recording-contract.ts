import { describe, expect, test } from 'vitest';
import type { AgentStore } from '../../agent/contracts/ports.ts';
import type { StoredRecording } from '../../agent/contracts/recording-store.ts';

/** What every agent's store must do with its recordings of sessions. */
export function recordingContract(fresh: () => Promise<AgentStore>): void {
  describe('recordings of sessions', () => {
    test('come back as they were written, the oldest session first', async () => {
      const store = await fresh();
      expect(await store.loadRecordings()).toEqual([]);
      await store.saveRecordings([recording('b', { at: 2, isFull: false }), recording('a', { at: 1 })], []);
      expect(await store.loadRecordings()).toEqual([
        recording('a', { at: 1 }),
        recording('b', { at: 2, isFull: false }),
      ]);
    });

    test('take the place of earlier ones of their session, and others go with the same writing', async () => {
      const store = await fresh();
      await store.saveRecordings([recording('a'), recording('b'), recording('c')], []);
      const newer = recording('a', { ciphertext: Uint8Array.of(9, 9) });
      await store.saveRecordings([newer], ['b', 'unknown']);
      expect(await store.loadRecordings()).toEqual(expect.arrayContaining([newer, recording('c')]));
      await store.saveRecordings([], ['a', 'c']);
      expect(await store.loadRecordings()).toEqual([]);
    });
  });
}

/** A recording as a store is given it. */
export function recording(sessionId: string, change: Partial<StoredRecording> = {}): StoredRecording {
  return {
    sessionId,
    peerId: 'helper_agent_001',
    at: 5,
    isFull: true,
    iv: new Uint8Array(12).fill(1),
    ciphertext: Uint8Array.of(1, 2, 3),
    ...change,
  };
}
