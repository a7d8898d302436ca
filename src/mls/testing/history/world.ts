import { type Bytes, equalBytes, toHex } from '../../bytes.ts';
import { epochAuthenticator, type GroupState } from '../../group/group-state.ts';
import type { Chance } from '../chance.ts';
import { failToEnter, failToRead } from './outsider.ts';
import { type Entry, type Followed, Participant } from './participant.ts';

/** What a history was, in numbers. */
export interface HistorySummary {
  readonly epochs: number;
  readonly mostMembers: number;
  readonly joins: number;
  readonly messages: number;
}

/** A group's log and all who are or were in it. */
export class World {
  readonly chance: Chance;
  readonly limit: number;
  readonly log: Entry[] = [];
  /** Those whose removal is not in the log. */
  readonly members = new Set<Participant>();
  /** Those whose removal the newest commit does not hold, but a proposal of the present epoch. */
  readonly leaving = new Set<Participant>();
  /** Names of those who are out, and could come back. */
  readonly absent = new Set<string>();
  /** Removed in the log, and not there yet: still to read it. */
  readonly #condemned = new Set<Participant>();
  readonly #removed: GroupState[] = [];
  readonly #laidOpen = new Set<Entry>();
  readonly #authenticators = new Map<bigint, string>();
  #names = 0;
  #most = 1;
  #joins = 0;
  #messages = 0;
  /** The epoch after the newest commit in the log. */
  #epoch = 0n;

  constructor(chance: Chance, limit: number) {
    this.chance = chance;
    this.limit = limit;
  }

  /** What it was, in numbers. */
  get summary(): HistorySummary {
    return { epochs: Number(this.#epoch), mostMembers: this.#most, joins: this.#joins, messages: this.#messages };
  }

  /** Those who have something to read, the removed among them. */
  get readers(): readonly Participant[] {
    return [...this.#condemned, ...this.members];
  }

  newName(): string {
    return `member ${this.#names++}`;
  }

  /** Takes in one who has just made or joined the group, at the end of the log. */
  enroll(name: string, state: GroupState): void {
    this.#check(state);
    this.members.add(new Participant(name, state, this.log.length, this.chance));
    this.absent.delete(name);
    this.#joins++;
    this.#most = Math.max(this.#most, this.members.size);
  }

  /** Notes that the newest commit in the log removes somebody. */
  condemn(member: Participant): void {
    this.members.delete(member);
    this.#condemned.add(member);
    this.absent.add(member.name);
  }

  /** Notes that the commit that is now the newest in the log makes another epoch. */
  beginEpoch(epoch: bigint): void {
    this.#epoch = epoch;
    this.leaving.clear();
  }

  /** Lets a member say something. */
  async speak(author: Participant): Promise<void> {
    const data = this.chance.bytes(this.chance.below(200));
    this.log.push({ kind: 'message', author, message: await author.say(data), data });
    this.#messages++;
  }

  /** Brings a member to the end of the log, with all that happens to messages on the way. */
  async catchUp(member: Participant): Promise<void> {
    while (member.position < this.log.length) {
      const rest = this.log.slice(member.position);
      const next = rest.findIndex(({ kind }) => kind === 'commit');
      const before = next < 0 ? rest : rest.slice(0, next);
      member.position += before.length;
      await this.#hear(member, before);
      const commit = next < 0 ? undefined : rest[next];
      if (commit === undefined) return;
      member.position++;
      const followed = await member.follow(commit);
      await this.#afterCommit(member, commit, followed);
      if (followed.type === 'removed') return;
    }
  }

  /** Takes in what came in one epoch: in any order, some of it never, some of it twice. */
  async #hear(member: Participant, entries: readonly Entry[]): Promise<void> {
    const { chance } = this;
    for (const entry of chance.shuffled(entries)) {
      if (entry.author === member) {
        if (chance.percent(10)) await member.refuse(entry, 'own_message', 'generation_consumed');
        continue;
      }
      if (entry.kind === 'message' && chance.percent(10)) continue;
      await member.take(entry);
      if (chance.percent(10)) await member.refuse(entry, 'generation_consumed');
      if (chance.percent(20)) await member.restart();
    }
    if (chance.percent(20)) await member.restart();
  }

  async #afterCommit(member: Participant, commit: Entry, followed: Followed): Promise<void> {
    if (followed.type === 'removed') {
      this.#condemned.delete(member);
      if (followed.staged.path === undefined) throw new Error('A commit removes somebody and has no path.');
      this.#removed.push(followed.kept);
      return;
    }
    this.#check(member.state);
    if (this.chance.percent(5)) await member.refuse(commit, 'epoch_in_the_past');
    // The first to follow a commit lays it open to those who are out; the others would lay open the same.
    if (followed.type === 'own' || this.#laidOpen.has(commit)) return;
    this.#laidOpen.add(commit);
    for (const kept of this.#removed.slice(-2)) await this.#tryToEnter(kept, followed, member, commit);
  }

  async #tryToEnter(
    kept: GroupState,
    { staged }: Extract<Followed, { type: 'next_epoch' }>,
    member: Participant,
    commit: Entry,
  ): Promise<void> {
    if (kept.context.epoch > staged.state.context.epoch) return;
    await failToEnter(kept, staged, member.state);
    if (kept.context.epoch < staged.state.context.epoch) await failToRead(kept, commit.message);
  }

  /** Checks what a member holds against what those hold that were in the same epoch before. */
  #check(state: GroupState): void {
    const { epoch } = state.context;
    const found = `${toHex(epochAuthenticator(state))} ${toHex(state.context.treeHash)}`;
    const known = this.#authenticators.get(epoch);
    if (known !== undefined && known !== found) throw new Error(`Two members differ in epoch ${epoch}.`);
    if (known === undefined && [...this.#authenticators.values()].includes(found)) {
      throw new Error(`Epoch ${epoch} is the same as another.`);
    }
    this.#authenticators.set(epoch, found);
  }

  /** Lets everybody read to the end, the removed up to their removal, and those try what is left to them. */
  async settle(): Promise<void> {
    for (const member of this.readers) await this.catchUp(member);
    if (this.#condemned.size > 0) throw new Error('Somebody was removed and has not noticed.');
    const [first] = this.members;
    for (const { state } of this.members) {
      if (state.context.epoch !== this.#epoch) throw new Error('A member is behind.');
      if (!isSame(first?.state.contextBytes, state.contextBytes)) throw new Error('Two members differ at the end.');
    }
    if (first === undefined) return;
    const position = this.log.length;
    await this.speak(first);
    const [last] = this.log.slice(position);
    for (const kept of this.#removed) if (last !== undefined) await failToRead(kept, last.message);
    for (const member of this.members) await this.catchUp(member);
  }
}

function isSame(a: Bytes | undefined, b: Bytes): boolean {
  return a !== undefined && equalBytes(a, b);
}
