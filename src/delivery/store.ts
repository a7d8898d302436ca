import type { EntryKind } from '../group/log/entry.ts';
import type { Bytes } from '../protocol/bytes.ts';

/** A token that is alive, as H(token) in lowercase hex. Times are in Unix seconds. */
interface StoredDeliveryToken {
  readonly hash: string;
  readonly expiresAt: number;
}

/** What an agent has written in one group that somebody may not have read yet. */
export interface Charge {
  readonly groupId: string;
  /** Bytes of its entries from index `from` on, or more where an append failed halfway. */
  readonly bytes: number;
  readonly from: number;
}

/** What the service knows of one agent, besides its KeyPackages and its inbox. Every list has a bound. */
export interface DeliveryAgent {
  /** H of the SPKI of its signing key, lowercase hex; `''` before its first token. Another key is another owner of the name. */
  readonly key: string;
  /** Unix seconds since which the key owns the name; 0 for its first owner. What a group gave to an earlier one is not its. */
  readonly keySince: number;
  /** At most 8, the oldest first. */
  readonly tokens: readonly StoredDeliveryToken[];
  /** Whose KeyPackages it took within the last hour. */
  readonly took: readonly { readonly agentId: string; readonly at: number }[];
  /** When its one-time KeyPackages were given to others within the last hour. */
  readonly gave: readonly number[];
  /** Groups that it made, and when. Those that have ended are left out when the list is full. */
  readonly made: readonly { readonly groupId: string; readonly at: number }[];
  /** Groups that it has appended to, the newest last: at most 256. */
  readonly spokeIn: readonly string[];
  readonly charges: readonly Charge[];
  /** Bytes of Welcomes that it wrote and that were not read yet, or more. */
  readonly welcomeBytes: number;
}

/** A span of a group's log that one agent may read. */
export interface Place {
  readonly agentId: string;
  /** Index of the commit that added it. */
  readonly from: number;
  /** Unix seconds of that commit, or of the newest Welcome to it. */
  readonly at: number;
  /** Index of the commit that removed it; undefined while it is a member. */
  readonly until?: number;
}

/** Who is in a group, and what decides who may write: changes with commits, proposals to leave and the first entry of a member. */
export interface Roster {
  /** As the newest commit with lists gave them; sorted. Empty: the group has ended, and its id is never given again. */
  readonly members: readonly string[];
  readonly admins: readonly string[];
  /** Members that have appended a proposal with `leaving: true`. */
  readonly leaving: readonly string[];
  /** Members that have appended anything. */
  readonly spoken: readonly string[];
  /** One of each member, and the spans of those that were removed, the oldest first. */
  readonly places: readonly Place[];
  /** When members appended commits within the last hour. */
  readonly commits: readonly { readonly agentId: string; readonly at: number }[];
}

/** A group as the newest entry of its log leaves it. */
export interface GroupRecord {
  readonly groupId: string;
  /** Index that the next entry gets. */
  readonly next: number;
  /** Of the whole log. 32 bytes. */
  readonly head: Bytes;
  /** Unix seconds of the newest entry. */
  readonly at: number;
  /** Index of the newest commit entry. */
  readonly lastCommit: number;
  /** Bytes of all messages that were ever appended. */
  readonly written: number;
  /** The same object as before an entry that does not change it: a store may keep it apart. */
  readonly roster: Roster;
}

/** An entry of a group's log without its message, which is stored under its hash. */
export interface EntryRecord {
  readonly index: number;
  readonly kind: EntryKind;
  readonly sender: string;
  /** 32 hex digits. */
  readonly entryId: string;
  /** Unix seconds. */
  readonly at: number;
  /** H(message). */
  readonly hash: Bytes;
  /** Bytes of the message. */
  readonly size: number;
  /** True when the message is gone. */
  readonly isDropped: boolean;
  /** The log's head before this entry. */
  readonly before: Bytes;
  readonly lists?: { readonly members: readonly string[]; readonly admins: readonly string[] };
}

/** A Welcome as it comes with a commit. */
interface AppendedWelcome {
  readonly message: Bytes;
  readonly to: readonly string[];
}

/** One append. */
export interface Append {
  readonly entry: EntryRecord;
  readonly message: Bytes;
  readonly welcome?: AppendedWelcome;
  /** The group after the entry. */
  readonly after: GroupRecord;
  /** What the append makes of its sender's record. A `ParleyError` that it throws is passed on, and nothing is appended. It may run more than once. */
  readonly account: (current: DeliveryAgent) => DeliveryAgent;
  /** Unix seconds until which the entry_id is remembered. */
  readonly rememberUntil: number;
}

/** The first answer to an append. */
export interface Appended {
  readonly index: number;
  /** The head after the entry. */
  readonly head: Bytes;
}

/** How far an agent has read in a group. */
export interface Position {
  readonly index: number;
  /** Unix seconds when it said so last. */
  readonly at: number;
}

/** What was dropped from a group's log, and what may go next. */
export interface Upkeep {
  /** Bytes of all messages that were ever dropped, or fewer. */
  readonly dropped: number;
  /** All messages below this index are gone, or are being dropped by who has counted them. */
  readonly messagesFrom: number;
  /** What everybody had read, and since when at the latest: at most 30, the oldest first. */
  readonly passed: readonly { readonly index: number; readonly at: number }[];
}

/** A Welcome that waits in an agent's inbox. */
export interface InboxRecord {
  readonly index: number;
  readonly groupId: string;
  /** Index of the commit entry. */
  readonly entry: number;
  readonly from: string;
  /** Bytes of the Welcome. */
  readonly size: number;
  /** Unix seconds. */
  readonly at: number;
}

/** A KeyPackage of one agent, by H of its bytes in lowercase hex. */
export interface StoredKeyPackage {
  readonly hash: string;
  readonly bytes: Bytes;
}

/** Where the delivery service keeps what it must not forget. Each call is one transaction and rejects with `storage_failed`. */
export interface DeliveryStore {
  /** The record of an agent; `newDeliveryAgent` when nothing is known of it. */
  agent(agentId: string): Promise<DeliveryAgent>;
  /**
   * Replaces an agent's record by what `change` makes of it, and returns it. A `ParleyError` that `change` throws is passed on, and nothing is
   * written; nothing is written either when it gives back what it was given. It may run more than once.
   */
  changeAgent(agentId: string, change: (current: DeliveryAgent) => DeliveryAgent): Promise<DeliveryAgent>;
  /** Drops KeyPackages and inbox of an agent, whose name has another owner. The inbox's indices go on. */
  forgetAgent(agentId: string): Promise<void>;

  /** Keeps `key` until `until` (Unix seconds); false when it is kept already. */
  remember(key: string, until: number): Promise<boolean>;
  isRemembered(key: string): Promise<boolean>;

  /** Adds one-time KeyPackages that are not there yet, the newest `most` stay; `replace` drops all older ones first. Returns how many there are. */
  addKeyPackages(
    agentId: string,
    packages: readonly StoredKeyPackage[],
    most: number,
    replace: boolean,
  ): Promise<number>;
  /** Replaces the last-resort KeyPackage. */
  putLastResort(agentId: string, bytes: Bytes | undefined): Promise<void>;
  /** Removes and returns the oldest one-time KeyPackage: nobody gets it twice. */
  takeKeyPackage(agentId: string): Promise<StoredKeyPackage | undefined>;
  lastResort(agentId: string): Promise<Bytes | undefined>;

  group(groupId: string): Promise<GroupRecord | undefined>;
  /** Returns at most `limit` group ids after `after` (`''`: from the first on), sorted. */
  groups(after: string, limit: number): Promise<readonly string[]>;
  /** The first answer to this entry_id of this sender, while it is remembered. */
  answered(sender: string, entryId: string): Promise<Appended | undefined>;
  /**
   * Appends an entry, its Welcome to the end of each inbox, the group after it, and its first answer: all or nothing. False when
   * the log has an entry of this index already, or the sender's entry_id is remembered: then nothing is changed but the account, perhaps.
   */
  append(append: Append): Promise<boolean>;
  /** Returns at most `limit` entries from index `from` on, those that are not gone. */
  entries(groupId: string, from: number, limit: number): Promise<readonly EntryRecord[]>;
  /** The message of an entry; undefined when it is gone. */
  message(groupId: string, index: number): Promise<Bytes | undefined>;
  /** Drops the messages of these entries, and leaves the entries with `isDropped`. */
  dropMessages(groupId: string, indices: readonly number[]): Promise<void>;
  /** Drops all entries below index `below`. */
  dropEntries(groupId: string, below: number): Promise<void>;

  /** How far each agent that has read in the group has come. */
  positions(groupId: string): Promise<ReadonlyMap<string, Position>>;
  /** Moves a position forward; one that is further already keeps its index. Its time becomes `at`. Returns the index that stands. */
  setPosition(groupId: string, agentId: string, position: Position): Promise<number>;
  /** `newUpkeep` before anything was dropped. */
  upkeep(groupId: string): Promise<Upkeep>;
  /** Replaces the upkeep as `changeAgent` does a record. */
  changeUpkeep(groupId: string, change: (current: Upkeep) => Upkeep): Promise<void>;

  /** Returns at most `limit` Welcomes from index `from` on that wait for an agent. Indices begin with 0 and are never given again. */
  inbox(agentId: string, from: number, limit: number): Promise<readonly InboxRecord[]>;
  welcome(agentId: string, index: number): Promise<Bytes | undefined>;
  /** Index that the next Welcome of an inbox gets. */
  inboxNext(agentId: string): Promise<number>;
  /** Drops the Welcomes up to and including `index`. */
  readInbox(agentId: string, index: number): Promise<void>;
  /** Bytes of the Welcomes of `sender` that wait in an agent's inbox. */
  unreadIn(agentId: string, sender: string): Promise<number>;
  /** Bytes of the Welcomes of `sender` that wait anywhere, one to several counted once. */
  unreadWelcomes(sender: string): Promise<number>;

  /** Drops what was remembered until before `now`, and Welcomes appended before `welcomesBefore` (Unix seconds). */
  dropExpired(now: number, welcomesBefore: number): Promise<void>;
}

/** The record of an agent of which nothing is known. */
export const newDeliveryAgent: DeliveryAgent = {
  key: '',
  keySince: 0,
  tokens: [],
  took: [],
  gave: [],
  made: [],
  spokeIn: [],
  charges: [],
  welcomeBytes: 0,
};

/** The upkeep of a log from which nothing was dropped. */
export const newUpkeep: Upkeep = { dropped: 0, messagesFrom: 0, passed: [] };
