import type { Bytes } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { hashOfBlocks } from '../../protocol/crypto/stream-hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { pieceOf } from './blob-source.ts';
import { blockBytes, blocksOf } from './blocks.ts';

/** The hashes of the blocks of files that are being read: those that were served are not read again to compare. */
export class FileHashes {
  readonly #subtle: Subtle;
  readonly #blocks = new Map<string, (Bytes | undefined)[]>();
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(subtle: Subtle) {
    this.#subtle = subtle;
  }

  /** Returns what notes the hashes of a file's blocks, from an offset on. */
  notes(id: string, from: number): (digest: Bytes) => void {
    const blocks = this.#blocks.get(id) ?? [];
    this.#blocks.set(id, blocks);
    let index = from / blockBytes;
    return (digest) => {
      blocks[index] = digest;
      index += 1;
    };
  }

  /** Returns the hash of a file in base64; what was not served since the start is read now. Rejects when it cannot be read. */
  of(id: string, blob: Blob): Promise<string> {
    const underWay = this.#underWay.get(id) ?? this.#compute(id, blob).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, underWay);
    return underWay;
  }

  forget(id: string): void {
    this.#blocks.delete(id);
  }

  async #compute(id: string, blob: Blob): Promise<string> {
    const blocks = this.#blocks.get(id) ?? [];
    this.#blocks.set(id, blocks);
    const digests: Bytes[] = [];
    for (let index = 0; index < blocksOf(blob.size); index++) {
      const digest = blocks[index] ?? (await sha256(this.#subtle, await pieceOf(blob, index * blockBytes, blockBytes)));
      blocks[index] = digest;
      digests.push(digest);
    }
    return encodeBase64(await hashOfBlocks(this.#subtle, digests));
  }
}
