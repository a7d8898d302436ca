import type { StoredFile, StoredFilePolicy } from '../../agent/contracts/file-store.ts';
import { bytesBetween } from '../../protocol/wire/members.ts';
import { filePolicyV1, fileV1, toFilePolicyV1, toFileV1 } from '../records/file.ts';
import { parsedRecord, recordToJson } from './record.ts';

/** The hashes of the blocks of the largest file. */
const file = fileV1(bytesBetween(0, 2 * 1024 * 1024));

/** Returns the record of a file as JSON text. */
export function fileToJson(record: StoredFile): string {
  return recordToJson(toFileV1(record));
}

/** Reads what `fileToJson` made. Throws `storage_failed` for anything else. */
export function fileFromJson(text: string): StoredFile {
  return parsedRecord(file, text);
}

/** Returns what happens to the files of a peer as JSON text. */
export function filePolicyToJson(policy: StoredFilePolicy): string {
  return recordToJson(toFilePolicyV1(policy));
}

/** Reads what `filePolicyToJson` made. Throws `storage_failed` for anything else. */
export function filePolicyFromJson(text: string): StoredFilePolicy {
  return parsedRecord(filePolicyV1, text);
}
