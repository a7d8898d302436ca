import type { Bytes } from '../../protocol/bytes.ts';

/** An entry of the audit trail at rest. */
export interface StoredAuditEntry {
  /** From 0, without gaps. */
  readonly index: number;
  /** JCS of the entry; it names the hash of the one before. */
  readonly text: string;
  /** 32 bytes: the hash of this entry, which the next one names. */
  readonly hash: Bytes;
}

/** What is deleted from a trail, and what stands for it. */
interface AuditDeletion {
  readonly before: number;
  readonly keep: readonly number[];
  readonly checkpoint: StoredAuditEntry;
}

/** Where an agent keeps its audit trail; entries are added by `HistoryStore.commit`. Rejects with `storage_failed`. */
export interface AuditStore {
  lastAuditEntry(): Promise<StoredAuditEntry | undefined>;
  /**
   * Returns up to `count` entries from an index on, in their order. The row of index -1, when there is one, is the
   * checkpoint.
   */
  auditEntries(from: number, count: number): Promise<readonly StoredAuditEntry[]>;
  /** Deletes the entries before an index, but not those of `keep`, and puts the checkpoint in the place of an earlier one, in one transaction. */
  deleteAuditEntries(deletion: AuditDeletion): Promise<void>;
}
