import type { Bytes } from '../../protocol/bytes.ts';

/** An imported history: whose it is and how much of it there is. Times are milliseconds since 1970. */
export interface StoredArchive {
  /** 32 lowercase hex digits: the first 16 bytes of the SHA-256 of the imported file. */
  readonly archiveId: string;
  /** The agent whose history it is. */
  readonly agentId: string;
  readonly exportedAt: number;
  readonly importedAt: number;
  /** In the order of the file. */
  readonly peers: readonly { readonly peerId: string; readonly exchanges: number }[];
}

/** Where a record of an archive stands; its AAD holds all of it, and the id of the agent that keeps it. */
export interface ArchivePlace {
  readonly archiveId: string;
  readonly peerId: string;
  /** Of the exchange in the history that was exported. */
  readonly sequence: number;
}

/** One exchange of an archive at rest. It is never written again. */
export interface StoredArchiveRecord extends ArchivePlace {
  /** 12 random bytes. */
  readonly iv: Bytes;
  /** AES-256-GCM of the padded JSON of its view, the tag at the end. */
  readonly ciphertext: Bytes;
}

/** Where an agent keeps the histories it has imported. Every call rejects with `storage_failed`, or `storage_full`. */
export interface ArchiveStore {
  /** Returns every archive, the first imported first. */
  loadArchives(): Promise<readonly StoredArchive[]>;
  /** Keeps an archive with all its records in one transaction; false, and nothing changes, when it is there already. */
  addArchive(archive: StoredArchive, records: readonly StoredArchiveRecord[]): Promise<boolean>;
  /** Returns up to `count` records of a peer before a sequence (all when absent), the newest first, of at most `bytes` together, or one. */
  archiveRecordsBefore(
    archiveId: string,
    peerId: string,
    before: number | undefined,
    count: number,
    bytes?: number,
  ): Promise<readonly StoredArchiveRecord[]>;
  /** Deletes an archive and its records in one transaction; true for the one call that did. */
  deleteArchive(archiveId: string): Promise<boolean>;
}
