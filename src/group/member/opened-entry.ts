import type { StagedCommit } from '../../mls/group/stage-commit.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { LogEntry } from '../log/entry.ts';
import type { ReadPayload } from '../payload/payload.ts';
import type { SeenVerdict } from '../payload/seen.ts';
import type { CommitChange } from '../rules/commit-change.ts';
import type { MemberStep } from './group-member.ts';
import type { OwnMessage, PendingCommit } from './own-entries.ts';

/** A commit that was opened and is to be judged: `judgeCommit`, then `applyCommitEntry`. Until then nothing is stored and nothing wiped. */
export interface OpenedCommit {
  readonly type: 'commit';
  readonly entry: LogEntry;
  readonly staged: StagedCommit;
  /** Whose leaf signed it. */
  readonly by: string;
  /** The own commit that it is, which needs no secrets of others. */
  readonly own: PendingCommit | undefined;
  /** What is to be gone on with when it is skipped. */
  readonly passedOver: MemberStep;
}

/** What an entry of the log is for this member. All but a commit have the step that is stored with it. */
export type OpenedEntry =
  | OpenedCommit
  /** Nobody takes it in. `by` is whose leaf signed it, when that was verified; the entry names who appended it. */
  | {
      readonly type: 'skipped';
      /** A code of the MLS library, of the group's rules, or of `entryCodes`. */
      readonly code: string;
      readonly by: string | undefined;
      /** The own message that it is: it is to be encrypted anew. */
      readonly own?: OwnMessage;
      readonly step: MemberStep;
    }
  | { readonly type: 'own_message'; readonly own: OwnMessage; readonly step: MemberStep }
  | {
      readonly type: 'message';
      readonly sender: string;
      readonly leaf: LeafIndex;
      readonly read: ReadPayload;
      readonly seen: SeenVerdict;
      readonly step: MemberStep;
    }
  /** A member asks to leave: the next commit is to hold its Remove. */
  | { readonly type: 'leaving'; readonly who: string; readonly isSelf: boolean; readonly step: MemberStep }
  /** The service has dropped the message: it cannot be read any more. */
  | { readonly type: 'gone'; readonly step: MemberStep }
  /** The service has dropped a proposal or commit: this member is stranded. */
  | { readonly type: 'stranded'; readonly step: MemberStep };

/** What a judged commit made of this member. */
export type AppliedEntry =
  | { readonly type: 'skipped'; readonly code: string; readonly by: string; readonly step: MemberStep }
  /** The rules allow it and its secrets fail for this member: it is skipped, and the step's member is in doubt. */
  | { readonly type: 'failed'; readonly code: string; readonly by: string; readonly step: MemberStep }
  | {
      readonly type: 'next_epoch';
      readonly by: string;
      readonly isOwn: boolean;
      readonly change: CommitChange;
      /** Fingerprints of the new epoch's key schedule, by the names of RFC 9420, section 8. */
      readonly schedule: Readonly<Record<string, string>>;
      readonly step: MemberStep;
    }
  /** This member is out: everything of the group but what was said is dropped, then `consumed` is wiped. */
  | {
      readonly type: 'removed';
      readonly by: string;
      readonly change: CommitChange;
      readonly consumed: readonly Bytes[];
    };
