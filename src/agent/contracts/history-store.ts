import type { Bytes } from '../../protocol/bytes.ts';
import type { StoredAuditEntry } from './audit-store.ts';
import type { GroupChange } from './group-store.ts';
import type { RequestChange } from './request-store.ts';

/** The keys of what an agent keeps at rest. None can be taken out; each has one purpose. */
export interface HistoryKeys {
  /** AES-256-GCM: encrypts the records. */
  readonly record: CryptoKey;
  /** HMAC-SHA-256: makes the tokens of the search index and the tags of request ids. */
  readonly index: CryptoKey;
  /** HMAC-SHA-256: makes the openings of the audit trail's commitments. */
  readonly opening: CryptoKey;
}

/** Where a record stands in the history; its AAD holds all of it, and the agent's own id. */
export interface HistoryPlace {
  readonly peerId: string;
  /** Empty while no session has been made for it. */
  readonly sessionId: string;
  readonly direction: 'outgoing' | 'incoming';
  /** Counts the exchanges with the peer, from 1. */
  readonly sequence: number;
}

/** One exchange at rest. */
export interface StoredExchange extends HistoryPlace {
  /** Milliseconds since 1970 of the request. */
  readonly at: number;
  /** True until it is known what became of the request: looked at again after a restart. */
  readonly isOpen: boolean;
  /** 16 bytes, lowercase hex: a keyed hash of direction, peer and request_id. */
  readonly tag: string;
  /** 12 random bytes, new with every writing. */
  readonly iv: Bytes;
  /** AES-256-GCM of the padded JSON of its view, the tag at the end. */
  readonly ciphertext: Bytes;
}

/** What is known of an exchange at rest without its ciphertext being read. */
export interface ExchangeSize {
  readonly sequence: number;
  /** Milliseconds since 1970 of the request. */
  readonly at: number;
  /** Bytes of ciphertext. */
  readonly bytes: number;
}

/**
 * Bytes of ciphertext that are read at once: a peer chooses how large an exchange is, and what is read is held in memory
 * decrypted and as JSON too.
 */
export const bytesAtOnce = 33_554_432;

/** A record and what it is found by. */
export interface IndexedExchange {
  readonly record: StoredExchange;
  /** Tokens of 8 bytes; they replace those of an earlier writing of the same peer and sequence. */
  readonly tokens: readonly Bytes[];
}

/** How long the conversation with a peer is kept. `days` from the request on; `bytes` of records, the oldest go first. */
export type Retention =
  | { readonly keep: 'all' }
  | { readonly keep: 'days'; readonly days: number }
  | { readonly keep: 'bytes'; readonly bytes: number };

/** How much is kept of one peer. */
export interface StoredUsage {
  readonly peerId: string;
  readonly exchanges: number;
  /** Bytes of ciphertext. */
  readonly bytes: number;
  /** The highest sequence that was ever given, also when its record is deleted since. */
  readonly lastSequence: number;
  readonly oldestAt?: number;
  readonly retention: Retention;
}

/** Which exchanges with a peer: those of these sequences, or all up to one. */
export type Which = { readonly sequences: readonly number[] } | { readonly upTo: number };

/** True when an exchange of this sequence is among them. */
export function isOneOf(which: Which, sequence: number | undefined): boolean {
  if (sequence === undefined) return false;
  return 'upTo' in which ? sequence <= which.upTo : which.sequences.includes(sequence);
}

/** Where an agent keeps its history and its audit trail. Every call rejects with `storage_failed`, or `storage_full`. */
export interface HistoryStore {
  loadHistoryKeys(): Promise<HistoryKeys | undefined>;
  saveHistoryKeys(keys: HistoryKeys): Promise<void>;
  /** Writes exchanges, their tokens, audit entries, which requests run and groups, in one transaction; durable once resolved. */
  commit(batch: {
    readonly exchanges: readonly IndexedExchange[];
    readonly audit: readonly StoredAuditEntry[];
    readonly requests?: readonly RequestChange[];
    readonly groups?: readonly GroupChange[];
  }): Promise<void>;
  /**
   * Returns up to `count` exchanges with a peer before a sequence (all when absent), the newest first; fewer when
   * their ciphertexts would be over `bytes` together, but one at least.
   */
  exchangesBefore(
    peerId: string,
    before: number | undefined,
    count: number,
    bytes?: number,
  ): Promise<readonly StoredExchange[]>;
  /**
   * Returns up to `count` exchanges with a peer after a sequence, the oldest first; `bytes` as in `exchangesBefore`.
   */
  exchangesAfter(peerId: string, after: number, count: number, bytes?: number): Promise<readonly StoredExchange[]>;
  /** Returns the sizes of up to `count` exchanges with a peer after a sequence, the oldest first. */
  sizesAfter(peerId: string, after: number, count: number): Promise<readonly ExchangeSize[]>;
  exchangeAt(peerId: string, sequence: number): Promise<StoredExchange | undefined>;
  /** Returns the newest exchange of a tag. */
  exchangeByTag(tag: string): Promise<StoredExchange | undefined>;
  /** Returns where every exchange is that is open, in the order of `at`. */
  openExchanges(): Promise<readonly Pick<HistoryPlace, 'peerId' | 'sequence'>[]>;
  /**
   * Returns exchanges that have every one of `tokens`, the newest `at` first; of one peer when `peerId` is given;
   * `bytes` as in `exchangesBefore`.
   */
  exchangesWith(
    tokens: readonly Bytes[],
    options: { readonly peerId?: string; readonly offset: number; readonly count: number; readonly bytes?: number },
  ): Promise<{ readonly total: number; readonly exchanges: readonly StoredExchange[] }>;
  usages(): Promise<readonly StoredUsage[]>;
  saveRetention(peerId: string, retention: Retention): Promise<void>;
  /**
   * Deletes exchanges of a peer, their tokens with them, and writes the audit entry that says so, in one transaction. Gives
   * how many were there.
   */
  deleteExchanges(peerId: string, which: Which, audit: readonly StoredAuditEntry[]): Promise<number>;
}
