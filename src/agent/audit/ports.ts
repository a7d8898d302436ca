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

/** Where an agent keeps its audit trail; entries are added by `HistoryStore.commit`. Rejects with `storage_failed`. */
export interface AuditStore {
  lastAuditEntry(): Promise<StoredAuditEntry | undefined>;
  /** Up to `count` entries from an index on, in their order. */
  auditEntries(from: number, count: number): Promise<readonly StoredAuditEntry[]>;
}
