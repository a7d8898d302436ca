import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { FileVault, StoredFile } from '../contracts/file-store.ts';
import { blockBytes, blocksBetweenRecords } from './blocks.ts';

/** What blocks are written to. */
export interface BlockWriterDeps {
  readonly vault: Pick<FileVault, 'write' | 'flush'>;
  /** Hears how many bytes are stored for certain, from time to time. */
  stored(moved: number): Promise<void>;
}

/** Writes what comes of a file to the vault, one block of 1 MiB after the other. */
export class BlockWriter {
  readonly #file: Pick<StoredFile, 'id' | 'size'>;
  readonly #deps: BlockWriterDeps;
  /** Where the block begins that is coming. */
  #at: number;
  #parts: Bytes[] = [];
  #pending = 0;
  #unrecorded = 0;

  /** Goes on behind the blocks that are there: `moved` is a multiple of 1 MiB. */
  constructor(file: Pick<StoredFile, 'id' | 'size' | 'moved'>, deps: BlockWriterDeps) {
    this.#file = file;
    this.#deps = deps;
    this.#at = file.moved;
  }

  /** Bytes that have come in all. */
  get size(): number {
    return this.#at + this.#pending;
  }

  /** Takes bytes. Rejects with `stream_corrupt` for more than were announced, and as the vault does. */
  async add(bytes: Bytes): Promise<void> {
    if (this.size + bytes.length > this.#file.size) throw otherSize();
    let rest = bytes;
    while (rest.length > 0) {
      const part = rest.subarray(0, blockBytes - this.#pending);
      this.#parts.push(part);
      this.#pending += part.length;
      rest = rest.subarray(part.length);
      if (this.#pending === blockBytes) await this.#write();
    }
  }

  /** Writes what is left, since the stream is whole. Rejects with `stream_corrupt` when it is shorter than was announced. */
  async end(): Promise<void> {
    if (this.size !== this.#file.size) throw otherSize();
    if (this.#pending > 0) await this.#write();
    await this.#record();
  }

  async #write(): Promise<void> {
    await this.#deps.vault.write(this.#file.id, this.#at, this.#parts);
    this.#at += this.#pending;
    this.#parts = [];
    this.#pending = 0;
    this.#unrecorded += 1;
    const isLast = this.#at === this.#file.size;
    if (!isLast && this.#unrecorded >= blocksBetweenRecords(this.#file.size)) await this.#record();
  }

  async #record(): Promise<void> {
    this.#unrecorded = 0;
    await this.#deps.vault.flush(this.#file.id);
    await this.#deps.stored(this.#at);
  }
}

function otherSize(): ParleyError {
  return new ParleyError('stream_corrupt', 'The file has another size than was announced. Nothing of it was kept.');
}
