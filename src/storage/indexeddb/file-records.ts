import type { FileRecords, OfferedSources } from '../../agent/contracts/file-store.ts';
import { guarded } from '../guarded.ts';
import { filePolicyV1, fileV1, toFilePolicyV1, toFileV1 } from '../records/file.ts';
import { readableOf, storedBytes } from '../stored-history.ts';
import type { OpenDatabase } from './transaction.ts';

const file = fileV1(storedBytes);

/** Opens the part of an agent's store that holds the records of files. One that is damaged is left out. */
export function openFileRecords(open: OpenDatabase): FileRecords {
  return {
    loadFiles: () => guarded(async () => readableOf(file, await (await open()).getAll('files'))),
    saveFile: (saved) =>
      guarded(async () => {
        await (await open()).put('files', toFileV1(saved));
      }),
    dropFile: (id) =>
      guarded(async () => {
        await (await open()).delete('files', id);
      }),
    loadFilePolicies: () => guarded(async () => readableOf(filePolicyV1, await (await open()).getAll('filePolicies'))),
    saveFilePolicy: (policy) =>
      guarded(async () => {
        await (await open()).put('filePolicies', toFilePolicyV1(policy));
      }),
  };
}

/** Opens the part of an agent's store that holds the files it has offered: as copies, which outlive the page. */
export function openOfferedFiles(open: OpenDatabase): OfferedSources {
  return {
    keep: (id, { blob }) =>
      guarded(async () => {
        await (await open()).put('offeredFiles', blob, id);
      }),
    open: (id) =>
      guarded(async () => {
        const found = await (await open()).get('offeredFiles', id);
        return found instanceof Blob ? found : undefined;
      }),
    drop: (id) =>
      guarded(async () => {
        await (await open()).delete('offeredFiles', id);
      }),
    list: () => guarded(async () => (await open()).getAllKeys('offeredFiles')),
  };
}
