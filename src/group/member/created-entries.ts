import type { StagedCommit } from '../../mls/group/stage-commit.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { MemberStep } from './group-member.ts';
import type { OwnLeave, OwnMessage, PendingCommit } from './own-entries.ts';

/** A message to append. Store `step` and `own` in one transaction, then append `own.entry`. */
export interface CreatedMessage {
  readonly own: OwnMessage;
  readonly step: MemberStep;
}

/** A proposal to leave. Store `step` and `own`, then append. It counts once it is found in the log. */
export interface CreatedLeave {
  readonly own: OwnLeave;
  readonly step: MemberStep;
}

/**
 * A commit to append. Store `step`, which is the present epoch with its handshake ratchet advanced, and `pending` in one transaction, then
 * append `pending.entry`.
 */
export interface CreatedCommitEntry {
  readonly pending: PendingCommit;
  /** What its maker judges before it sends it, as everybody will. */
  readonly staged: StagedCommit;
  readonly step: MemberStep;
  /** Wiped when the commit is dropped, after that is stored. */
  readonly consumedWhenDropped: readonly Bytes[];
}
