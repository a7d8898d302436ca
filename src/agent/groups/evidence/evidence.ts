import type { Bytes } from '../../../protocol/bytes.ts';
import type { ParleyError } from '../../../protocol/errors.ts';

/** Seconds after an entry's `at` from which on an answer that denies is final (groups page, sections 2 and 5). */
export const finalAfter = 60;

/**
 * What was found out, or that it is not known yet: to be asked again at `again`, in milliseconds since 1970. A member that cannot ask
 * waits: it neither applies nor refuses (groups page, section 2).
 */
export type Found<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'waits'; readonly again: number; readonly why: ParleyError };

/** A revocation list that was fetched after an entry was read. */
export interface FetchedRevocations {
  /** Returns since when a serial (hex) is revoked other than as superseded, in Unix seconds; undefined when it is not. */
  revokedSince(serial: string): number | undefined;
  /** True when it was fetched 60 s after the entry's `at` or later: whoever is not on it was not revoked. */
  readonly isFinal: boolean;
}

/** What decides whether a commit is valid beside the log (groups page, sections 2 and 5). */
export interface Evidence {
  /**
   * Returns the DER of each certificate by its SHA-256 in base64, or `unknown` where the Controller says, 60 s after the entry's `at` or
   * later, that it never issued it. `at` in Unix seconds.
   */
  certificates(hashes: readonly string[], at: number): Promise<Found<ReadonlyMap<string, Bytes | 'unknown'>>>;
  /**
   * Returns a revocation list that is fetched after this call. While `decides` says false for one that is not final, the answer is to be
   * asked again when it is. `at` in Unix seconds.
   */
  revocations(at: number, decides: (fetched: FetchedRevocations) => boolean): Promise<Found<FetchedRevocations>>;
}
