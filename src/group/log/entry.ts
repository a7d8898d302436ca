import type { Bytes } from '../../protocol/bytes.ts';

/** What an entry of a group's log carries (groups page, section 4). */
export type EntryKind = 'message' | 'proposal' | 'commit';

/** The clear lists of agent_ids that come with a commit, sorted, without duplicates. */
export interface ClearLists {
  readonly members: readonly string[];
  readonly admins: readonly string[];
}

/** An entry of a group's log, as the service hands it out. */
export interface LogEntry {
  /** From 0, without gaps. */
  readonly index: number;
  readonly kind: EntryKind;
  /** Who appended it, as the service says. */
  readonly sender: string;
  /** The bytes of an MLSMessage, or H of them where the service has dropped the message. */
  readonly content: { readonly message: Bytes } | { readonly messageHash: Bytes };
  /** Unix seconds; never go back. */
  readonly at: number;
  /** Both or neither. */
  readonly lists?: ClearLists;
}
