import type { FailureView, Json, Verification } from './value-views.ts';

/** Returns the conversation under which a group's history is kept: no agent_id begins so. */
export function conversationOf(groupId: string): string {
  return `#${groupId}`;
}

/** Returns the group_id of a conversation that is a group's; undefined for one with a peer. */
export function groupOfConversation(conversation: string): string | undefined {
  return /^#([0-9a-f]{32})$/.exec(conversation)?.[1];
}

/**
 * Why a member is not trusted (groups page, section 2): nothing is sent into the group until it is removed or mended. `waiting`: what
 * decides it, a certificate or a revocation list, cannot be had at the moment.
 */
export type MemberTrust = 'trusted' | 'expired' | 'revoked' | 'key_changed' | 'waiting';

/** A member of a group, as this agent sees it. */
export interface GroupMemberView {
  readonly agentId: string;
  readonly isSelf: boolean;
  readonly isAdmin: boolean;
  /** Its leaf in the ratchet tree, from 0. */
  readonly leaf: number;
  readonly verification: Verification;
  readonly trust: MemberTrust;
  /** False until something of it has been verified: whoever invited this agent is trusted for who is in the group. */
  readonly isHeard: boolean;
  /** The epoch from which on this agent has seen it as a member. */
  readonly sinceEpoch: number;
  /** It has proposed to leave. */
  readonly isLeaving: boolean;
  /** It reads another history than this agent: its requests are not run, its messages are shown apart. */
  readonly isDiverged: boolean;
  /** The highest index that it says it has read, when it sends receipts. */
  readonly read?: number;
}

/**
 * How this agent stands in a group. `stranded`: it reads no more and asks to be taken in again; `forked`: its owner has to decide before
 * it sends; `removed` and `left`: what was said stays until it is deleted.
 */
export type GroupStatus = 'creating' | 'joining' | 'member' | 'stranded' | 'forked' | 'leaving' | 'left' | 'removed';

/** A group of this agent. Times are in milliseconds since 1970 unless said otherwise. */
export interface GroupView {
  readonly groupId: string;
  /** `direct`: two agents, for messages to one that is away; it is shown as the conversation with `peerId`. */
  readonly kind: 'group' | 'direct';
  /** Of a direct group: the other agent. */
  readonly peerId?: string;
  readonly name: string;
  readonly status: GroupStatus;
  readonly epoch: number;
  readonly members: readonly GroupMemberView[];
  readonly isAdmin: boolean;
  readonly createdAt: number;
  /** The index of the next entry of the log. */
  readonly next: number;
  /** Messages and requests of others that the person has not seen. */
  readonly unread: number;
  /** When the newest message was taken in or stored. */
  readonly latestAt: number;
  /** This agent tells the others what it has read. */
  readonly sendsReceipts: boolean;
  /** Why nothing can be sent at the moment. */
  readonly blocked?: FailureView;
  /** The newest entry cannot be read yet: the delivery service, a certificate or the revocation list does not answer. */
  readonly waiting?: FailureView;
  /** What the group needs of this agent, such as the removal of a member, and it cannot do. It is tried again; sending goes on where it may. */
  readonly failing?: FailureView;
  /** Who agrees with this agent on the group's history, when somebody does not. */
  readonly fork?: {
    readonly agree: readonly string[];
    readonly differ: readonly string[];
    readonly silent: readonly string[];
  };
}

/** A group that this agent was invited into and has not joined. Nothing of it runs. `until` is in milliseconds since 1970. */
export interface InvitationView {
  readonly groupId: string;
  readonly kind: 'group' | 'direct';
  readonly name: string;
  readonly inviter: string;
  readonly inviterVerification: Verification;
  /** agent_ids, this agent's among them. */
  readonly members: readonly string[];
  readonly receivedAt: number;
  readonly until: number;
}

/** What the owner has said of invitations. `joinsByItself`: those of known agents are joined without being shown, by the kind of their group. */
export interface GroupSettingsView {
  readonly joinsByItself: { readonly direct: boolean; readonly group: boolean };
}

/** What holds until the owner says something else: messages that a known agent left are read, groups wait for the owner. */
export const usualGroupSettings: GroupSettingsView = { joinsByItself: { direct: true, group: false } };

/** What happened in a group beside messages: one for each commit that was applied or skipped. `at` in Unix seconds, the service's. */
export interface GroupEventView {
  readonly groupId: string;
  /** The entry's index in the log. */
  readonly index: number;
  readonly at: number;
  /** The epoch that it began; of one that was skipped the epoch that it would have followed. */
  readonly epoch: number;
  readonly by: string;
  readonly what:
    | { readonly kind: 'created' | 'joined' | 'updated' | 'asked_to_leave' }
    | {
        readonly kind: 'added' | 'removed' | 'rejoined' | 'left';
        readonly who: readonly string[];
        readonly because?: 'revoked' | 'expired';
      }
    | { readonly kind: 'renamed'; readonly name: string }
    | { readonly kind: 'admins'; readonly admins: readonly string[] }
    /** Nobody applied it: why, as a code of the group's rules. */
    | { readonly kind: 'skipped'; readonly code: string };
}

/** One member's answer to a request. `at` is in milliseconds since 1970. */
export interface GroupAnswerView {
  readonly from: string;
  readonly at: number;
  readonly status: 'success' | 'error';
  readonly result?: Json;
  readonly error?: { readonly code: string; readonly detail: string };
  /** What the answer itself was sent as: 32 hex digits, and Unix seconds. */
  readonly messageId?: string;
  readonly sentAt?: number;
}

/** What an exchange has beside the rest when it went through a group. */
export interface GroupPartView {
  readonly groupId: string;
  /** 32 hex digits: what answers and receipts name. */
  readonly messageId: string;
  /** Its place in the log; absent until the service has stored it. */
  readonly index?: number;
  readonly sender: string;
  readonly kind: 'message' | 'request';
  /** Members that are asked; all others when absent. */
  readonly to?: readonly string[];
  /** In the order in which they came. */
  readonly answers: readonly GroupAnswerView[];
  /** Who has been asked and has not answered. */
  readonly awaiting: readonly string[];
  /** Until when it may be answered, in milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Of an outgoing one. `stored`: the service has it; `delivered`: every other member has taken it in, as far as they say. */
  readonly delivery: 'sending' | 'stored' | 'delivered';
  readonly attachment?: GroupAttachmentView;
  /** Why it is shown apart and was not run. */
  readonly apart?: 'diverged' | 'not_trusted';
}

/** Bytes that came with a message; `GroupsApi.attachment` gives them. Name and media type are the sender's words. */
export interface GroupAttachmentView {
  readonly size: number;
  readonly name?: string;
  readonly mediaType?: string;
}

/** A node of the ratchet tree. Fingerprints are of public keys: SHA-256, the first 16 hex digits. */
export interface TreeNodeView {
  /** Its index in the array form (RFC 9420, section 4.1). */
  readonly node: number;
  readonly kind: 'leaf' | 'parent' | 'blank';
  readonly level: number;
  readonly member?: string;
  readonly keyFingerprint?: string;
  /** Leaves that joined below it and do not have its secret. */
  readonly unmerged: readonly number[];
  /** This agent holds its secret. */
  readonly isKnown: boolean;
  /** The epoch whose commit made this key; absent when that was before this agent came. */
  readonly sinceEpoch?: number;
}

/** One epoch of a group as the inspector draws it. No secret is in it. */
export interface EpochView {
  readonly groupId: string;
  readonly epoch: number;
  readonly by: string;
  /** Unix seconds. */
  readonly at: number;
  readonly index: number;
  readonly leafCount: number;
  readonly nodes: readonly TreeNodeView[];
  readonly members: readonly { readonly agentId: string; readonly leaf: number }[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Of `removed`, those that asked to leave; absent when nobody did, and in what earlier versions stored. */
  readonly left?: readonly string[];
  /** Of `added`, those that were members before and could not read on; absent as `left` is. */
  readonly rejoined?: readonly string[];
  /** The name that the commit gave the group; absent as `left` is. */
  readonly renamed?: string;
  /** The admins that the commit named; absent as `left` is. */
  readonly admins?: readonly string[];
  /** The committer's path: what was renewed, and to how many keys each secret was encrypted. Empty for a commit without one. */
  readonly path: readonly {
    readonly node: number;
    readonly encryptedTo: readonly number[];
  }[];
  /** The key schedule (RFC 9420, section 8), in the order of derivation: SHA-256 of each value, the first 16 hex digits. */
  readonly schedule: readonly {
    readonly name: string;
    readonly from: readonly string[];
    readonly fingerprint: string;
  }[];
}
