import type { GroupPayload, Unsent } from '../../../group/payload/payload.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { ExchangeView, FailureView } from '../../contracts/views.ts';

/** A message of another member as it was read: what counts is who signed it, never what it says of itself. */
export interface TakenMessage {
  readonly index: number;
  /** The service's, in Unix seconds. */
  readonly at: number;
  readonly sender: string;
  readonly payload: GroupPayload;
  readonly attachment?: Bytes;
  /** Why it is shown apart and not run. */
  readonly apart?: 'diverged' | 'not_trusted';
}

/** A row that talk keeps of a group; `part` begins with `talk/`. */
interface TalkRow {
  readonly part: string;
  readonly bytes: Bytes;
}

/** What talk has written with a step of its group: all of it or nothing. */
export interface TalkStep {
  readonly exchanges: readonly ExchangeView[];
  readonly put: readonly TalkRow[];
  /** A part that ends with `/` drops everything under it. */
  readonly drop: readonly string[];
  /** Called within the group's turn once all is durable, with the exchanges as they were kept, before anything else of the group happens. */
  kept(exchanges: readonly ExchangeView[]): void;
}

/** A payload that goes out, and what is stored in the transaction that stores its bytes. */
export interface OutgoingTalk {
  readonly payload: Unsent;
  readonly attachment?: Bytes;
  readonly step: TalkStep;
}

/** What talk has to know of a group. */
export interface TalkGroup {
  readonly groupId: string;
  readonly kind: 'group' | 'direct';
  /** Of a direct group: the other agent. */
  readonly peerId?: string;
  /** The other members' agent_ids, in leaf order; of a direct group's peer also when it has not joined yet. */
  readonly others: readonly string[];
  /** False once this agent has left or was removed: nothing of it goes out any more. */
  readonly isMember: boolean;
}

/**
 * What talk asks of the runtime of groups. What is made for a group is made and stored in its turn: no entry of it is processed
 * meanwhile, and no other payload made.
 */
export interface TalkPort {
  group(groupId: string): TalkGroup | undefined;
  /** Looks again whether requests of an agent are run: `waiting` while that cannot be said. */
  standingOf(groupId: string, agentId: string): Promise<'trusted' | 'waiting' | NonNullable<TakenMessage['apart']>>;
  /**
   * Stores a payload and its step in one transaction, and appends it until the log has it: then `GroupTalk.logged` is called, or
   * `GroupTalk.lost`. Resolves when it is stored here. Rejects with `unknown_group`, `group_stranded`, `group_forked`,
   * `member_not_trusted`, `storage_full`, or what `make` throws: then nothing has changed. Undefined of `make`: nothing is to be sent.
   * With `waits` it is stored also while nothing can be sent, and goes out once that is over: an answer is not lost to a fork.
   */
  send(
    groupId: string,
    make: () => Promise<OutgoingTalk | undefined>,
    options?: { readonly waits: boolean },
  ): Promise<void>;
  /** Stores a step by itself. Rejects with `storage_failed` and `storage_full`, and with what `make` throws. */
  keep(groupId: string, make: () => Promise<TalkStep | undefined>): Promise<void>;
  /** Returns the bytes of a row of this group; undefined when there is none. */
  row(groupId: string, part: string): Promise<Bytes | undefined>;
  /** Returns all rows of this group under a prefix, in the order of their parts. */
  rows(groupId: string, prefix: string): AsyncIterable<TalkRow>;
  /** Hears that what a group's view shows of its talk is another now: unread, read, newest message, receipts. */
  changed(groupId: string): void;
}

/** What of a group's talk its view shows. `latestAt` is in milliseconds since 1970, 0 while nothing was said. */
export interface TalkView {
  readonly unread: number;
  readonly latestAt: number;
  readonly sendsReceipts: boolean;
  /** The highest index that each other member says it has read. */
  readonly read: ReadonlyMap<string, number>;
}

/** What the runtime asks of talk, always within the turn of the group. The steps are stored with what led to them. */
export interface TalkOfGroups {
  /** Takes the talk of a group up where its rows have it, and goes on with what was under way; once for each group and run. */
  open(groupId: string): Promise<void>;
  /** Returns what a message of another member leads to. Never rejects for what the message says. */
  take(groupId: string, message: TakenMessage): Promise<TalkStep>;
  /** Goes on with requests that could not be answered: this agent can send in the group again. */
  resume(groupId: string): Promise<void>;
  /** Returns what follows from an own payload having been found in the log. */
  logged(
    groupId: string,
    own: { readonly messageId: string; readonly index: number; readonly at: number },
  ): Promise<TalkStep>;
  /** Returns what follows from an own payload never getting into the log, since this agent has left or the message was refused. */
  lost(groupId: string, messageId: string, why: FailureView): Promise<TalkStep>;
  /** Returns what follows from a change of the members. */
  membersChanged(groupId: string): Promise<TalkStep | undefined>;
  view(groupId: string): TalkView;
  /** Lets go of what is in memory of a group that is deleted; its rows are the runtime's to delete. */
  forget(groupId: string): void;
}
