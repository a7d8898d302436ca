import type { RevocationList } from '../../../pki/revocation-list.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { ParleyError } from '../../../protocol/errors.ts';

/**
 * What was found out, or that it is not known yet: to be asked again at `again`, in milliseconds since 1970. A member that cannot ask
 * waits: it neither applies nor refuses (groups page, section 2).
 */
export type Found<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'waits'; readonly again: number; readonly why: ParleyError };

/** What decides whether a commit is valid beside the log (groups page, sections 2 and 5). */
export interface Evidence {
  /**
   * Returns the DER of each certificate by its hash in lowercase hex, or `unknown` when the Controller says for the last time that it never issued it:
   * 60 s after the entry's `at` or later. `at` in Unix seconds.
   */
  certificates(hashes: readonly string[], at: number): Promise<Found<ReadonlyMap<string, Bytes | 'unknown'>>>;
  /**
   * Returns a revocation list that was fetched after this call. One that does not decide, by `decides`, is returned only when it was
   * fetched 60 s after the entry's `at` or later; else it is to be asked again then. `at` in Unix seconds.
   */
  revocations(at: number, decides: (list: RevocationList) => boolean): Promise<Found<RevocationList>>;
}
