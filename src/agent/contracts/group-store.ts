import type { Bytes } from '../../protocol/bytes.ts';

/**
 * A row of a group at rest. `group` is the group_id, or empty for what belongs to none, such as KeyPackages. `part` names it within the
 * group: `member`, `epoch`, `secrets`, `ratchets/3`, `pending`, `outbox/…`, `head/0000000012`: parts are listed in their order.
 */
export interface GroupRow {
  readonly group: string;
  readonly part: string;
  /** 12 random bytes, new with every writing. */
  readonly iv: Bytes;
  /** AES-256-GCM under the agent's record key, its AAD agent, group and part; the tag at the end. */
  readonly ciphertext: Bytes;
}

/** A signature key of a leaf or KeyPackage: non-extractable once loaded. `id` is SHA-256 of the public key, lowercase hex. */
export interface GroupKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** What changes with one step of a group: all of it or nothing. What goes, goes first. */
export interface GroupChange {
  readonly put: readonly GroupRow[];
  /** Rows that go; a prefix that ends with `/` drops all parts under it. */
  readonly drop: readonly { readonly group: string; readonly part: string }[];
  /** In a store whose `keepsKeysAsFiles` is true, a key has to be extractable, once; one that is stored already stays as it is. */
  readonly putKeys?: readonly GroupKey[];
  readonly dropKeys?: readonly string[];
}

/** Where an agent keeps its groups. What changes is written by `HistoryStore.commit`, with the history and the audit trail. */
export interface GroupStore {
  /** Returns the ids of all groups that have a row `member`, in their order. */
  groupIds(): Promise<readonly string[]>;
  groupRow(group: string, part: string): Promise<GroupRow | undefined>;
  /** Returns up to `count` rows whose part begins with `prefix` and comes after `after`, in the order of the parts. */
  groupRows(group: string, prefix: string, after: string, count: number): Promise<readonly GroupRow[]>;
  /** Returns up to `count` rows whose part begins with `prefix` and comes before `before`, the last part first. */
  groupRowsBefore(group: string, prefix: string, before: string, count: number): Promise<readonly GroupRow[]>;
  groupKey(id: string): Promise<CryptoKey | undefined>;
}
