import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { limits } from '../protocol/limits.ts';
import type { RevocationLists } from './revocation-lists.ts';
import type { ControllerStore, StoredAuthority } from './store.ts';

/** What every call of the Controller works with. */
export interface ControllerContext {
  readonly store: ControllerStore;
  readonly random: (length: number) => Bytes;
  /** Unix seconds. */
  readonly now: () => number;
  /** Where the Controller is reached, without `/controller`. */
  readonly baseUrl: string;
  /** Every base URL by which the Controller is known, `baseUrl` among them. */
  readonly names: () => readonly string[];
  readonly authority: () => Promise<StoredAuthority>;
  readonly lists: RevocationLists;
}

/** Throws `wrong_recipient` unless `controller`, which the sender has signed, names this Controller. */
export function checkRecipient(context: ControllerContext, controller: string): void {
  if (context.names().includes(controller)) return;
  throw new ParleyError(
    'wrong_recipient',
    `This was signed for another Controller. This one is known as ${context.baseUrl}: use that address.`,
  );
}

/** Throws `stale_timestamp` unless `timestamp` (Unix seconds) is within 300 s of the Controller's clock. */
export function checkFresh(context: ControllerContext, timestamp: number): void {
  const now = context.now();
  if (Math.abs(now - timestamp) <= limits.freshness) return;
  throw new ParleyError('stale_timestamp', 'The timestamp is more than 300 s away. Check the clock.', { now });
}
