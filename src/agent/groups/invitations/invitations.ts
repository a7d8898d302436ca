import type { MemberStep } from '../../../group/member/group-member.ts';
import type { OpenedWelcome } from '../../../group/member/join.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { GroupView, InvitationView } from '../../contracts/group-views.ts';
import type { OwnKeyPackage } from '../key-packages/key-packages.ts';
import type { PlainChange } from '../rows/group-rows.ts';

/** A Welcome that passed every check of the groups page, section 2, and the member that it makes. */
export interface Joining {
  readonly groupId: string;
  readonly opened: OpenedWelcome;
  readonly step: MemberStep;
  /** SPKI DER of the RSA key that vouches for the inviter. */
  readonly inviterSpki: Bytes;
  readonly schedule: Readonly<Record<string, string>>;
  readonly own: OwnKeyPackage;
  /** What has to be in the transaction that joins: the invitation and a one-time KeyPackage go. */
  readonly change: PlainChange;
}

/** How this agent stands in a group. `over`: it has left or was removed. */
export type StandingInGroup = 'none' | 'member' | 'stranded' | 'over';

/** What joins groups. */
export interface Joiner {
  standing(groupId: string): StandingInGroup;
  /** How many direct groups with a peer this agent is in. */
  directGroupsWith(peerId: string): number;
  /** Reads a group's log on: this agent may have been removed from it and added anew. */
  readOn(groupId: string): Promise<void>;
  /** Joins a group in one transaction, in place of an older state of it. Calls `KeyPackages.joined` after it. */
  join(joining: Joining): Promise<GroupView>;
}

/** What the owner has said of invitations, and what is known of inviters (groups page, section 5, *Consent*). */
export interface Consent {
  /** True when the owner lets invitations of known agents into groups of this kind join by themselves. */
  joinsByItself(kind: 'group' | 'direct'): boolean;
  /** True for an agent that is verified, or answered or was answered before, with this key (SPKI DER): another agent may have taken its name. */
  isKnown(agentId: string, spki?: Bytes): Promise<boolean>;
  isBlocked(agentId: string): boolean;
}

/** The invitations of this agent: 32 at most, 4 of one inviter. */
export interface Invitations {
  list(): readonly InvitationView[];
  /** Reads the inbox on: joins, keeps or refuses what is new. Resolves when all of it is durable, but what waits for evidence. */
  readInbox(): Promise<void>;
  /** Joins. Rejects with `unknown_group` when there is no such invitation, or the group has gone on without this agent. */
  accept(groupId: string): Promise<GroupView>;
  /** Forgets an invitation and tells its inviter. Rejects with `unknown_group`. */
  decline(groupId: string): Promise<void>;
}
