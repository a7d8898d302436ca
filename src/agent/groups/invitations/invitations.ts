import type { LogEntry } from '../../../group/log/entry.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { GroupView, InvitationView } from '../../contracts/group-views.ts';
import type { OwnKeyPackage } from '../key-packages/key-packages.ts';
import type { PlainChange } from '../rows/group-rows.ts';

/** A Welcome that passed every check of section 2 of the groups page. */
export interface Joining {
  readonly groupId: string;
  /** Who sent the commit, and signed the Welcome. */
  readonly inviter: string;
  /** The commit entry that adds this agent, and the head of the log before it. */
  readonly entry: LogEntry;
  readonly before: Bytes;
  /** The bytes of the Welcome's MLSMessage. */
  readonly welcome: Bytes;
  readonly own: OwnKeyPackage;
  /** What has to be in the transaction that joins: the invitation and a one-time KeyPackage go. */
  readonly change: PlainChange;
}

/** What joins groups. */
export interface Joiner {
  /** How this agent stands in a group now. */
  standing(groupId: string): 'none' | 'member' | 'stranded' | 'over';
  /** Joins a group in one transaction, in place of an older state of it. Calls `KeyPackages.joined` after it. */
  join(joining: Joining): Promise<GroupView>;
}

/** What the owner has said of invitations, and what is known of inviters (groups page, section 5, *Consent*). */
export interface Consent {
  /** True when the owner has said that invitations of known agents join by themselves. */
  readonly joinsByItself: boolean;
  /** True for an agent that is verified, allowed, or was answered before. */
  isKnown(agentId: string): Promise<boolean>;
  isBlocked(agentId: string): boolean;
}

/** The invitations of this agent: 32 at most, 4 of one inviter. */
export interface Invitations {
  list(): readonly InvitationView[];
  /** Reads the inbox on: joins, keeps or refuses what is new. Resolves when all of it is durable, and says when to look again if something waits. */
  readInbox(): Promise<void>;
  /** Joins. Rejects with `unknown_group` when there is no such invitation. */
  accept(groupId: string): Promise<GroupView>;
  /** Forgets an invitation and tells its inviter. Rejects with `unknown_group`. */
  decline(groupId: string): Promise<void>;
}
