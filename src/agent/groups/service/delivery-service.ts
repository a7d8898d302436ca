import type { LogEntry } from '../../../group/log/entry.ts';
import type { EntryToAppend } from '../../../group/member/own-entries.ts';
import type { Bytes } from '../../../protocol/bytes.ts';

/** What became of an append. `conflict`: a newer commit, at `index`, has to be read first; nothing was stored. */
export type Appended =
  | { readonly kind: 'stored'; readonly index: number; readonly head: Bytes }
  | { readonly kind: 'conflict'; readonly index: number };

/** A piece of a group's log. */
export interface EntriesPage {
  readonly entries: readonly LogEntry[];
  /** The head before the first of `entries`. */
  readonly before: Bytes;
  /** The index after the last of `entries`. */
  readonly next: number;
  /** The head of the whole log. */
  readonly head: Bytes;
}

/** A Welcome that waits for this agent. */
export interface InboxItem {
  readonly index: number;
  readonly groupId: string;
  /** The index of the commit that adds this agent. */
  readonly entry: number;
  /** The sender of that commit. */
  readonly from: string;
  /** The bytes of an MLSMessage. */
  readonly message: Bytes;
}

/** A piece of the inbox; `next` is where the next one begins. */
export interface InboxPage {
  readonly items: readonly InboxItem[];
  readonly next: number;
}

/** KeyPackages to be left at the service, each the bytes of an MLSMessage. */
export interface OfferedKeyPackages {
  readonly oneTime: readonly Bytes[];
  readonly lastResort?: Bytes;
  /** Drops all older ones first. */
  readonly replace?: boolean;
}

/** A KeyPackage of another agent. */
export interface TakenKeyPackage {
  readonly keyPackage: Bytes;
  readonly isLastResort: boolean;
}

/**
 * The calls of the delivery service (groups page, section 4). Each rejects with the code of the service, with `delivery_unreachable`
 * when it gives no answer, also after a few tries, or with `clock_wrong` when this device's clock is why the token is refused. All but
 * `takeKeyPackage` may be repeated without effect; an append by its `entryId`.
 */
export interface DeliveryService {
  /** Leaves KeyPackages; returns how many one-time ones the service has now. With none it asks for that number alone. */
  offerKeyPackages(offered: OfferedKeyPackages): Promise<number>;
  takeKeyPackage(agentId: string): Promise<TakenKeyPackage>;
  append(groupId: string, entry: EntryToAppend): Promise<Appended>;
  /** Returns entries from an index on; `next` is below that in a log that is shorter. */
  entries(groupId: string, from: number): Promise<EntriesPage>;
  /** Says that everything up to an index was read; returns the position, which never goes back. */
  markRead(groupId: string, index: number): Promise<number>;
  inbox(from: number): Promise<InboxPage>;
  markInboxRead(index: number): Promise<void>;
  /** Ends the token, if there is one: the agent is forgotten. */
  revokeToken(): Promise<void>;
}
