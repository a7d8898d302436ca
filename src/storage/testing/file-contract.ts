import { describe, expect, test } from 'vitest';
import type { StoredFile } from '../../agent/contracts/file-store.ts';
import type { AgentStore } from '../../agent/contracts/ports.ts';

const block = 1024 * 1024;
const ids = { one: '1a'.repeat(16), two: '2b'.repeat(16) } as const;
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
const bytesOf = async (blob: Blob | undefined) =>
  blob === undefined ? undefined : new Uint8Array(await blob.arrayBuffer());

/** What every agent's store must do with files: their records, the bytes that come, and those that were offered. */
export function fileContract(fresh: () => Promise<AgentStore>): void {
  describe('records of files', () => {
    test('come back as they were written last, until they are dropped', async () => {
      const { records } = (await fresh()).files;
      expect(await records.loadFiles()).toEqual([]);
      const more = {
        tell: 'cancelled',
        hash: 'aGFzaA==',
        error: { code: 'stream_corrupt', title: 'a title', detail: 'a detail' },
        place: 'a place',
      } as const;
      await records.saveFile(storedFile(ids.one));
      await records.saveFile(storedFile(ids.two, more));
      await records.saveFile(storedFile(ids.one, { status: 'moving', moved: block, digests: filled(32, 7) }));
      const found = [...(await records.loadFiles())].sort((a, b) => a.id.localeCompare(b.id));
      expect(found).toEqual([
        storedFile(ids.one, { status: 'moving', moved: block, digests: filled(32, 7) }),
        storedFile(ids.two, more),
      ]);
      await records.dropFile(ids.one);
      await records.dropFile(ids.one);
      expect((await records.loadFiles()).map(({ id }) => id)).toEqual([ids.two]);
    });

    test('leave out what is not set', async () => {
      const { records } = (await fresh()).files;
      await records.saveFile(
        storedFile(ids.one, { tell: undefined, hash: undefined, error: undefined, place: undefined }),
      );
      expect(await records.loadFiles()).toEqual([storedFile(ids.one)]);
    });
  });

  test('policies of files are one for each peer, what was saved last', async () => {
    const { records } = (await fresh()).files;
    expect(await records.loadFilePolicies()).toEqual([]);
    await records.saveFilePolicy({ peerId: 'helper_agent_001', policy: { kind: 'never' } });
    await records.saveFilePolicy({ peerId: 'helper_agent_001', policy: { kind: 'accept', upTo: 5 } });
    await records.saveFilePolicy({ peerId: 'other_agent_001', policy: { kind: 'ask' } });
    const found = [...(await records.loadFilePolicies())].sort((a, b) => a.peerId.localeCompare(b.peerId));
    expect(found).toEqual([
      { peerId: 'helper_agent_001', policy: { kind: 'accept', upTo: 5 } },
      { peerId: 'other_agent_001', policy: { kind: 'ask' } },
    ]);
  });

  describe('a vault', () => {
    test('holds the blocks of a file in order, one written again in the place of the former, and gives it whole', async () => {
      const { vault } = (await fresh()).files;
      expect([await vault.list(), await vault.size(ids.one)]).toEqual([[], 0]);
      await vault.write(ids.one, 0, [filled(block - 5, 1), filled(5, 2)]);
      await vault.write(ids.one, block, [filled(block, 3)]);
      await vault.flush(ids.one);
      expect(await vault.size(ids.one)).toBe(2 * block);
      await vault.rest(ids.one);
      await vault.write(ids.one, block, [filled(9, 4), filled(block - 9, 5)]);
      await vault.write(ids.one, 2 * block, [filled(77, 6)]);
      await vault.flush(ids.one);
      await vault.rest(ids.one);
      expect(await vault.list()).toEqual([ids.one]);
      const place = await vault.keep(ids.one, 'a name.txt');
      const found = await bytesOf(await vault.open(ids.one, place));
      expect(found?.length).toBe(2 * block + 77);
      const at = (offset: number) => found?.[offset];
      expect([at(0), at(block - 5), at(block), at(block + 9), at(2 * block)]).toEqual([1, 2, 4, 5, 6]);
    });

    test('has an empty file whole, and files side by side that are dropped one by one', async () => {
      const { vault } = (await fresh()).files;
      const empty = await vault.keep(ids.one, 'empty');
      expect(await bytesOf(await vault.open(ids.one, empty))).toEqual(new Uint8Array(0));
      await vault.write(ids.two, 0, [filled(3, 1)]);
      await vault.drop(ids.two);
      await vault.drop(ids.two);
      expect(await vault.size(ids.two)).toBe(0);
      expect(await vault.list()).not.toContain(ids.two);
      expect(await bytesOf(await vault.open(ids.one, empty))).toEqual(new Uint8Array(0));
    });
  });

  test('offered files are found again until they are dropped', async () => {
    const { sources } = (await fresh()).files;
    const blob = new Blob([filled(5, 1)]);
    await sources.keep(ids.one, { name: 'a', mediaType: 'text/plain', blob });
    await sources.keep(ids.two, { name: 'b', mediaType: 'text/plain', blob });
    expect(await bytesOf(await sources.open(ids.one))).toEqual(filled(5, 1));
    expect([...(await sources.list())].sort()).toEqual([ids.one, ids.two]);
    await sources.drop(ids.one);
    expect(await sources.open(ids.one)).toBe(undefined);
    expect(await sources.list()).toEqual([ids.two]);
  });

  test('files are gone once the store was erased', async () => {
    const store = await fresh();
    const { records, vault, sources } = store.files;
    await records.saveFile(storedFile(ids.one));
    await records.saveFilePolicy({ peerId: 'helper_agent_001', policy: { kind: 'never' } });
    await vault.write(ids.one, 0, [filled(3, 1)]);
    await sources.keep(ids.two, { name: 'a', mediaType: 'text/plain', blob: new Blob(['x']) });
    await store.erase();
    await store.loadIdentity();
    expect([await records.loadFiles(), await records.loadFilePolicies()]).toEqual([[], []]);
    expect([await vault.list(), await sources.list()]).toEqual([[], []]);
  });
}

/** A record as a store is given it. */
export function storedFile(id: string, change: Partial<StoredFile> = {}): StoredFile {
  return {
    id,
    direction: 'incoming',
    peerId: 'helper_agent_001',
    peerKey: 'ab12',
    name: 'notes.txt',
    mediaType: 'text/plain',
    size: 3 * block,
    at: 5,
    status: 'offered',
    moved: 0,
    digests: new Uint8Array(0),
    changedAt: 6,
    pausedHere: false,
    pausedThere: true,
    isAutomatic: false,
    ...change,
  };
}
