import type { Bytes } from '../../protocol/bytes.ts';
import {
  type EpochView,
  type GroupEventView,
  type GroupSettingsView,
  type GroupView,
  type InvitationView,
  usualGroupSettings,
} from './group-views.ts';
import type { FailureView, Json } from './value-views.ts';
import type { AgentSnapshot, GroupExchangeView } from './views.ts';

/** A new group, and whom to invite into it. */
export interface NewGroup {
  /** 1 to 100 characters without control or bidi characters. */
  readonly name: string;
  /** agent_ids of the directory. */
  readonly invite?: readonly string[];
}

/** Bytes of an attachment of a group at most (protocol page, section 4.2): 1 MiB. */
export const largestAttachment = 1_048_576;

/**
 * Bytes beside a message, `largestAttachment` at most. A payload has no place for a name and a media type: they are the member `file`, `{name,
 * media_type}`, of the content, which is then text (and becomes `{text, file}`), null, or an object without such a member.
 */
export interface GivenAttachment {
  readonly bytes: Bytes;
  readonly name?: string;
  readonly mediaType?: string;
}

/** What is said to everybody in a group. */
export interface GroupSaying {
  readonly groupId: string;
  readonly content: Json;
  readonly attachment?: GivenAttachment;
}

/** What is asked of members of a group. `expires`: milliseconds from now, 30 days at most, a day when absent. */
export interface GroupAsking {
  readonly groupId: string;
  readonly method: string;
  readonly parameters: Json;
  /** All other members when absent. */
  readonly to?: readonly string[];
  readonly expires?: number;
}

/** A group that was started anew, and who of the former members could not be invited. */
export interface NewBeginning {
  readonly group: GroupView;
  readonly notInvited: readonly { readonly agentId: string; readonly why: FailureView }[];
}

/**
 * What can be done with groups. Every call rejects with a `ParleyError`: `unknown_group` for one that this agent is not in,
 * `not_permitted` for what only an admin may, `group_forked`, `group_stranded`, `member_not_trusted` for what stops sending.
 */
export interface GroupsApi {
  list(): readonly GroupView[];
  invitations(): readonly InvitationView[];
  settings(): GroupSettingsView;
  /** Says which invitations of known agents join by themselves from now on: those of agents that were verified, or answered before. */
  setSettings(settings: GroupSettingsView): Promise<void>;
  /** Resolves when everything that the service has now is taken in, as far as it can be had. */
  catchUp(): Promise<void>;
  /** Resolves when this agent can be invited, since its KeyPackages are at the service; also when they could not be stored there now. */
  invitable(): Promise<void>;
  /**
   * Makes a group with this agent as its admin, and invites. Resolves when the service has it. `key` is what `cancelCreation` ends it
   * by, while nothing of it is stored; it rejects with `cancelled` then.
   */
  create(group: NewGroup, key?: string): Promise<GroupView>;
  /** Ends a creation that has stored nothing yet; does nothing for any other. */
  cancelCreation(key: string): Promise<void>;
  invite(groupId: string, agentIds: readonly string[]): Promise<GroupView>;
  remove(groupId: string, agentIds: readonly string[]): Promise<GroupView>;
  rename(groupId: string, name: string): Promise<GroupView>;
  setAdmins(groupId: string, admins: readonly string[]): Promise<GroupView>;
  /** Proposes to leave; nothing more is sent. Resolves when the proposal is in the log. One that is stranded, or alone in the group, has left at once. */
  leave(groupId: string): Promise<void>;
  /** Deletes a group that this agent has left or was removed from, with what was said in it. */
  forget(groupId: string): Promise<void>;
  accept(groupId: string): Promise<GroupView>;
  decline(groupId: string): Promise<void>;
  /** Resolves when the message is stored here; what becomes of it is told by events. */
  say(saying: GroupSaying): Promise<GroupExchangeView>;
  ask(asking: GroupAsking): Promise<GroupExchangeView>;
  /** Returns the bytes of a message's attachment; `invalid_input` when there are none any more. */
  attachment(groupId: string, messageId: string): Promise<Bytes>;
  /** Notes that the person has seen everything up to here, and says so to the others where receipts are on. */
  markRead(groupId: string): Promise<void>;
  setReceipts(groupId: string, on: boolean): Promise<GroupView>;
  /** Sends again although the group's history differs from others': the owner has decided. */
  goOnForked(groupId: string): Promise<GroupView>;
  /** Asks the members now to take this agent in again. */
  rejoin(groupId: string): Promise<void>;
  /**
   * Makes a group of the same name with the same members, as far as they can be invited, in place of one in which this agent is stranded. What
   * was said stays under the former one, which this agent has left then. `not_permitted` for any other.
   */
  startAnew(groupId: string): Promise<NewBeginning>;
  /** Returns what happened, the newest last: `count` (50) before an index, when there are as many, and what else the first one's entry did. */
  events(groupId: string, before?: number, count?: number): Promise<readonly GroupEventView[]>;
  /** Returns the epochs that are kept for the inspector, the newest last, 64 at most. */
  epochs(groupId: string): Promise<readonly EpochView[]>;
}

/** Returns what is shown of groups to whoever begins to look; nothing while they are not open. */
export function shownOf(
  groups: GroupsApi | undefined,
): Pick<AgentSnapshot, 'groups' | 'invitations' | 'groupSettings'> {
  return {
    groups: groups?.list() ?? [],
    invitations: groups?.invitations() ?? [],
    groupSettings: groups?.settings() ?? usualGroupSettings,
  };
}
