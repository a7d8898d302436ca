import { describe, expect, test } from 'vitest';
import type { ArchiveStore, StoredArchive, StoredArchiveRecord } from '../../agent/contracts/archive-store.ts';
import type { AgentStore } from '../../agent/contracts/ports.ts';

const [first, second] = ['a1'.repeat(16), 'b2'.repeat(16)];

/** What every store of archives must do. `open` gives an empty one. */
export function archiveContract(open: () => Promise<AgentStore>): void {
  describe('archives', () => {
    test('are listed as they were added, the first imported first', async () => {
      const store = await open();
      expect(await store.loadArchives()).toEqual([]);
      expect(await store.addArchive(archive(second, 20), [record(second, 1)])).toBe(true);
      expect(await store.addArchive(archive(first, 10), [record(first, 1)])).toBe(true);
      expect(await store.loadArchives()).toEqual([archive(first, 10), archive(second, 20)]);
    });

    test('are added once: the second time changes nothing', async () => {
      const store = await open();
      await store.addArchive(archive(first, 10), [record(first, 1)]);
      expect(await store.addArchive(archive(first, 20), [record(first, 1), record(first, 2)])).toBe(false);
      expect(await store.loadArchives()).toEqual([archive(first, 10)]);
      expect(await sequences(store, first)).toEqual([1]);
    });

    test('give their records by peer, the newest first, a piece at a time', async () => {
      const store = await open();
      const records = [1, 2, 4, 8, 16].map((sequence) => record(first, sequence));
      await store.addArchive(archive(first, 10), [...records, record(first, 3, 'other_agent_001')]);
      await store.addArchive(archive(second, 20), [record(second, 5)]);
      expect(await sequences(store, first)).toEqual([16, 8, 4, 2, 1]);
      expect(await sequences(store, first, undefined, 2)).toEqual([16, 8]);
      expect(await sequences(store, first, 8, 2)).toEqual([4, 2]);
      expect(await sequences(store, first, 1)).toEqual([]);
      expect(await store.archiveRecordsBefore(first, 'other_agent_001', undefined, 9)).toEqual([
        record(first, 3, 'other_agent_001'),
      ]);
      expect(await store.archiveRecordsBefore(first, 'nobody_here', undefined, 9)).toEqual([]);
      expect(await sequences(store, 'c3'.repeat(16))).toEqual([]);
    });

    test('give no more than so many bytes at a time, and one record whatever its size', async () => {
      const store = await open();
      const ciphertext = new Uint8Array(100);
      const records = [1, 2, 3, 4].map((sequence) => ({ ...record(first, sequence), ciphertext }));
      await store.addArchive(archive(first, 10), records);
      const within = async (bytes: number, before?: number) =>
        (await store.archiveRecordsBefore(first, 'helper_agent_001', before, 9, bytes)).map(({ sequence }) => sequence);
      expect(await within(250)).toEqual([4, 3]);
      expect(await within(400)).toEqual([4, 3, 2, 1]);
      expect(await within(99, 3)).toEqual([2]);
    });

    test('are deleted with their records, and no others', async () => {
      const store = await open();
      await store.addArchive(archive(first, 10), [record(first, 1), record(first, 2, 'other_agent_001')]);
      await store.addArchive(archive(second, 20), [record(second, 1)]);
      expect(await store.deleteArchive(first)).toBe(true);
      expect(await store.deleteArchive(first)).toBe(false);
      expect(await store.loadArchives()).toEqual([archive(second, 20)]);
      expect(await sequences(store, first)).toEqual([]);
      expect(await sequences(store, second)).toEqual([1]);
      // What is gone can come again, and finds nothing of what was there.
      expect(await store.addArchive(archive(first, 30), [])).toBe(true);
      expect(await sequences(store, first)).toEqual([]);
    });

    test('are gone once all is erased', async () => {
      const store = await open();
      await store.addArchive(archive(first, 10), [record(first, 1)]);
      await store.erase();
      expect(await store.loadIdentity()).toBeUndefined();
      expect(await store.loadArchives()).toEqual([]);
      expect(await sequences(store, first)).toEqual([]);
    });
  });
}

async function sequences(store: ArchiveStore, archiveId: string, before?: number, count = 9): Promise<number[]> {
  const records = await store.archiveRecordsBefore(archiveId, 'helper_agent_001', before, count);
  return records.map(({ sequence }) => sequence);
}

function archive(archiveId: string, importedAt: number): StoredArchive {
  const peers = [
    { peerId: 'helper_agent_001', exchanges: 2 },
    { peerId: 'other_agent_001', exchanges: 1 },
  ];
  return { archiveId, agentId: 'traveller_agent_001', exportedAt: 7, importedAt, peers };
}

function record(archiveId: string, sequence: number, peerId = 'helper_agent_001'): StoredArchiveRecord {
  return { archiveId, peerId, sequence, iv: new Uint8Array(12).fill(sequence), ciphertext: Uint8Array.of(sequence, 7) };
}
