/** A request of a peer that ran, or is about to. */
export interface StoredRequest {
  /** Counts all of them, from 1; the oldest first. */
  readonly number: number;
  /** Whose it is: a name of the peer's signing key, 24 hex digits. */
  readonly peer: string;
  /** Which it is: a keyed hash of its request_id, 16 hex digits. */
  readonly tag: string;
  /** When it came, in Unix seconds. */
  readonly at: number;
  /** When it was first sent, in Unix seconds, where it says so. */
  readonly sentAt?: number;
}

/** The newest `sentAt` of a peer's requests that are no longer stored. `peer` is empty for everybody's. */
export interface StoredFloor {
  readonly peer: string;
  readonly sentAt: number;
}

/** What changes when a request is remembered. */
export interface RequestChange {
  readonly add: readonly StoredRequest[];
  /** The numbers of those that make room. */
  readonly drop: readonly number[];
  /** In place of the peer's floor before. */
  readonly floors: readonly StoredFloor[];
}

/** Where an agent keeps which requests ran (protocol page, section 4). What changes is written by `commit`, with the history. */
export interface RequestStore {
  /** Returns everything that is stored, in the order of the numbers. Rejects with `storage_failed`. */
  loadRequests(): Promise<{ readonly requests: readonly StoredRequest[]; readonly floors: readonly StoredFloor[] }>;
}
