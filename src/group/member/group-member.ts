import type { GroupState } from '../../mls/group/group-state.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { ClearLists } from '../log/entry.ts';
import type { GroupId } from '../log/group-id.ts';

/** What this member knows of another, beside its leaf. */
export interface Acquaintance {
  /** The epoch from which on it has been a member, as far as this member has seen. */
  readonly sinceEpoch: number;
  /** It was in the group when this member joined: its `seen` confirms the head that the join took as given. */
  readonly isOlder: boolean;
  /** Something of it has been verified: a message, a commit or a group_state. */
  readonly isHeard: boolean;
}

/** A commit that the rules allow and whose secrets fail for this member (groups page, section 4): nothing is sent until the doubt is over. */
interface Doubt {
  readonly index: number;
  /** The entry's, in Unix seconds. */
  readonly at: number;
}

/** One member of one group. A value: every step gives another, and the one before must not be used again once that is stored. */
export interface GroupMember {
  readonly groupId: GroupId;
  readonly selfId: string;
  readonly state: GroupState;
  /** The index of the entry that is read next. */
  readonly next: number;
  /** The log's head after the entry before that: 32 bytes. */
  readonly head: Bytes;
  /** The index of the newest commit entry that was read, skipped ones included; -1 before the first: what an append says as `after`. */
  readonly lastCommit: number;
  /** The index of this member's first entry. */
  readonly firstIndex: number;
  /** False for a joiner until an older member's `seen` has confirmed the head that it took as given. */
  readonly isHeadConfirmed: boolean;
  /** `at` of the entry that began the epoch, in Unix seconds. */
  readonly epochBegan: number;
  /** When this member's own keys were last renewed, by its commit or its coming, in Unix seconds. */
  readonly renewedAt: number;
  /** A message has come or gone since then. */
  readonly hasTraffic: boolean;
  /** The clear lists that the service has, by the newest entry that brought any. */
  readonly lists: ClearLists | undefined;
  /** By agent_id, this member among them. */
  readonly acquaintances: ReadonlyMap<string, Acquaintance>;
  readonly doubt: Doubt | undefined;
  /** Whose entries were of a later epoch than this member's, by their clear heads. From two on this member is stranded. */
  readonly ahead: readonly string[];
}

/** Which of a member's parts a step has changed: what is stored of it, in one transaction with what the step led to. */
export interface Changed {
  /** The epoch is another: everything of it is stored, what was of the one before goes. */
  readonly epoch?: true;
  /** The whole secret tree: a leaf has used its first key of the epoch. */
  readonly secrets?: true;
  /** The ratchets of this leaf alone. */
  readonly ratchets?: LeafIndex;
  /** What was proposed in the epoch. */
  readonly proposals?: true;
  readonly acquaintances?: true;
  readonly lists?: true;
  /** Position, doubt and who is ahead. Absent for what is only made here and is not in the log yet. */
  readonly position?: true;
  /** The entry's time, kept with the head after it. */
  readonly at?: number;
  /** The pending commit is over: it is the state now, or another took its place. */
  readonly pending?: 'gone';
  /** The outbox's row of this entry_id is over. */
  readonly outbox?: string;
  /** Signature keys, by their public halves, that no state uses any more. */
  readonly endedKeys?: readonly Bytes[];
}

/** The member after a step. Store `changed` of it, then wipe `consumed`, then go on with `member`. */
export interface MemberStep {
  readonly member: GroupMember;
  readonly changed: Changed;
  /** Secrets that nobody needs once the step is stored. */
  readonly consumed: readonly Bytes[];
}
