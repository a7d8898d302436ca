import type { Bytes } from '../protocol/bytes.ts';
import type { ControllerStore, StoredAuthority } from './store.ts';

/** What every call of the Controller works with. */
export interface ControllerContext {
  readonly store: ControllerStore;
  readonly random: (length: number) => Bytes;
  /** Unix seconds. */
  readonly now: () => number;
  /** Where the Controller is reached, without `/controller`. */
  readonly baseUrl: string;
  readonly authority: () => Promise<StoredAuthority>;
}
