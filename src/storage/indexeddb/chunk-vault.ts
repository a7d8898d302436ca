import * as v from 'valibot';
import type { FileVault } from '../../agent/contracts/file-store.ts';
import { guarded } from '../guarded.ts';
import { readableOf } from '../stored-history.ts';
import type { OpenDatabase } from './transaction.ts';

const chunkV1 = v.object({ id: v.string(), at: v.number(), bytes: v.instance(Blob) });

/** Opens a vault in an agent's database, one row for each block, for where there is no file system to write to. */
export function openChunkVault(open: OpenDatabase): FileVault {
  const chunksOf = async (id: string) =>
    readableOf(chunkV1, await (await open()).getAll('fileChunks', IDBKeyRange.bound([id], [id, []])));
  return {
    list: () =>
      guarded(async () => {
        const ids = new Set<string>();
        const { store } = (await open()).transaction('fileChunks');
        let cursor = await store.openKeyCursor();
        while (cursor !== null) {
          const [id] = cursor.key;
          ids.add(id);
          // The next file begins behind the last of this one.
          cursor = await cursor.continue([id, Number.POSITIVE_INFINITY]);
        }
        return [...ids];
      }),
    size: (id) => guarded(async () => (await chunksOf(id)).reduce((sum, { bytes }) => sum + bytes.size, 0)),
    write: (id, at, parts) =>
      guarded(async () => {
        await (await open()).put('fileChunks', { id, at, bytes: new Blob([...parts]) });
      }),
    flush: async () => undefined,
    rest: async () => undefined,
    keep: async (id) => id,
    open: (id) => guarded(async () => new Blob((await chunksOf(id)).map(({ bytes }) => bytes))),
    drop: (id) =>
      guarded(async () => {
        await (await open()).delete('fileChunks', IDBKeyRange.bound([id], [id, []]));
      }),
  };
}
