import { type Bytes, concat } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';

/** Bytes of a block: files are hashed and stored by these (protocol page, section 4.3). */
export const blockBytes = limits.streamPart;
/** Bytes of the largest file that is offered: the hashes of its blocks are 2 MiB. */
export const mostSize = 64 * 1024 * 1024 * 1024;

/** Returns how many blocks a size has, the rest among them. */
export function blocksOf(size: number): number {
  return Math.ceil(size / blockBytes);
}

/** Returns the hashes of blocks that are stored one behind the other. */
export function separate(digests: Bytes): readonly Bytes[] {
  return Array.from({ length: digests.length / 32 }, (_, index) => digests.slice(32 * index, 32 * (index + 1)));
}

/** Returns hashes of blocks as they are stored. */
export function together(digests: readonly Bytes[]): Bytes {
  return concat(...digests);
}

/** Returns after how many blocks more a file's record is written: some 256 times in all, since the record grows with it. */
export function blocksBetweenRecords(size: number): number {
  return Math.max(1, Math.ceil(blocksOf(size) / 256));
}
