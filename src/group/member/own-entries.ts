import type { SignatureKeyPair } from '../../mls/crypto/cipher-suite.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { AuthenticatedContent } from '../../mls/structures/authenticated-content.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { ClearLists } from '../log/entry.ts';
import type { MessageId } from '../payload/message-id.ts';

/** An entry to be appended: the body of POST …/entries (groups page, section 4). */
export interface EntryToAppend {
  /** 16 random bytes, as 32 lowercase hex digits. */
  readonly entryId: string;
  readonly kind: 'message' | 'proposal' | 'commit';
  readonly after: number;
  readonly message: Bytes;
  /** With a commit. */
  readonly lists?: ClearLists;
  /** With a proposal to leave. */
  readonly isLeaving?: true;
  readonly welcome?: { readonly message: Bytes; readonly to: readonly string[] };
}

/** A commit of this member that waits for its place in the log. */
export interface PendingCommit {
  readonly entry: EntryToAppend;
  /** H of the entry's message, hex: by that it is known in the log. */
  readonly hash: string;
  /** The interim transcript hash of the epoch that it was made in: in any other it is skipped. */
  readonly madeIn: Bytes;
  /** The epoch that it makes when it is valid at its place. */
  readonly next: GroupState;
  /** The signature key that it brings, when it brings one. */
  readonly newKey?: SignatureKeyPair;
  /** What it says, unencrypted: its maker judges it like everybody else, at the entry's `at`. */
  readonly commit: AuthenticatedContent;
  /** Fingerprints of the epoch's key schedule, for who follows along. */
  readonly schedule: Readonly<Record<string, string>>;
  /** What whoever made it needs to make it again; this room does not read it. */
  readonly memo?: Bytes;
}

/** A message of this member that waits for its place in the log, or for the service's word that it has one. */
export interface OwnMessage {
  readonly entry: EntryToAppend;
  readonly hash: string;
  readonly messageId: MessageId;
}

/** A proposal to leave that waits for its place in the log. */
export interface OwnLeave {
  readonly entry: EntryToAppend;
  readonly hash: string;
  readonly madeIn: Bytes;
  /** The own leaf, which it removes. */
  readonly leaf: LeafIndex;
  /** By which a commit names it. */
  readonly reference: Bytes;
}

/** Finds what this member has appended itself, by the hash of the entry's message in hex. */
export interface OwnEntries {
  find(
    hash: string,
  ):
    | { readonly kind: 'commit'; readonly commit: PendingCommit }
    | { readonly kind: 'message'; readonly message: OwnMessage }
    | { readonly kind: 'leave'; readonly leave: OwnLeave }
    | undefined;
}
