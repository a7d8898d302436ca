import type { MemberStep } from '../../../group/member/group-member.ts';
import type { OwnLeave, OwnMessage, PendingCommit } from '../../../group/member/own-entries.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { AgentEvent } from '../../contracts/views.ts';
import type { PlainChange } from '../rows/group-rows.ts';
import type { TalkStep } from '../talk/ports.ts';
import type { Standing } from './standing.ts';

/** What of its own a step makes, which is stored until the log has it. */
interface Made {
  readonly pending?: PendingCommit;
  readonly leave?: OwnLeave;
  readonly message?: OwnMessage;
}

/**
 * What one step of a group leads to: all of it is written in one transaction; then the group goes on from it, then its events are told,
 * then its secrets wiped (groups page, section 5, *Storage*).
 */
export interface Outcome {
  readonly step?: MemberStep;
  readonly made?: Made;
  readonly change?: Partial<PlainChange>;
  readonly talk?: readonly TalkStep[];
  readonly standing?: Partial<Standing>;
  readonly events?: readonly AgentEvent[];
  /** Adds entries to the audit trail, which are written with the rest. */
  readonly record?: () => void;
  readonly consumed?: readonly Bytes[];
  /** What this agent wanted to be changed has come about, or is given up: nothing is made of it again. */
  readonly endsWish?: boolean;
}
