import type { GroupMember } from '../../../group/member/group-member.ts';
import type { Group } from '../state/group.ts';
import { type ComparingDeps, compareWith } from './comparing.ts';
import { answersAfterMs } from './recent-answers.ts';

/** Milliseconds from a commit until members with a session are asked about it: they read it first. */
const afterCommitMs = 5_000;
/** Members that are asked after a commit, and how often one that has not read so far. */
const [mostAsked, mostTries] = [4, 3];

/** What members are asked with whenever they talk. */
export interface MeetingsDeps extends ComparingDeps {
  /** Milliseconds since 1970. */
  now(): number;
  /** Members that are trusted now. */
  trusted(): readonly string[];
  /** True while there is a session with an agent. */
  isConnected(agentId: string): boolean;
  /** Hears of members that have read another history. */
  differ(agentIds: readonly string[]): Promise<void>;
}

/**
 * Has members compare what they have read as soon as they talk at all (groups page, section 7): once when a session begins, and after a commit
 * with some of those that there is a session with. So two histories that neither half can read of the other are found.
 */
export class Meetings {
  readonly #deps: MeetingsDeps;
  readonly #group: Group;
  /** When a member is to be asked, and how often it was. */
  readonly #due = new Map<string, { readonly at: number; readonly tries: number }>();
  #epoch: bigint | undefined;
  /** Where the next members are taken from after a commit: all have their turn. */
  #turn = 0;

  constructor(deps: MeetingsDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
  }

  /** A session with a member has begun. */
  met(agentId: string): void {
    this.#due.set(agentId, { at: this.#deps.now(), tries: 0 });
  }

  /** Asks whose turn has come. Returns when to look again, in milliseconds since 1970. */
  look(member: GroupMember): number | undefined {
    const now = this.#deps.now();
    this.#noteCommit(member, now);
    const trusted = new Set(this.#deps.trusted());
    const asked: string[] = [];
    for (const [agentId, { at }] of this.#due) {
      // A wait longer than the longest was reckoned by a clock that was ahead.
      if (at > now && at - now <= 2 * answersAfterMs) continue;
      if (trusted.has(agentId)) asked.push(agentId);
      else this.#due.delete(agentId);
    }
    // Why it cannot be stored is told by the next step of the group, which cannot be either.
    if (asked.length > 0) void Promise.allSettled([this.#ask(asked, member.next - 1)]);
    const later = [...this.#due].flatMap(([agentId, { at }]) => (asked.includes(agentId) ? [] : [at]));
    return later.length === 0 ? undefined : Math.min(...later);
  }

  #noteCommit({ state }: GroupMember, now: number): void {
    const { epoch } = state.context;
    const isNew = this.#epoch !== undefined && this.#epoch !== epoch;
    this.#epoch = epoch;
    if (!isNew) return;
    const connected = this.#deps.trusted().filter((agentId) => this.#deps.isConnected(agentId));
    for (let i = 0; i < Math.min(mostAsked, connected.length); i++) {
      const agentId = connected[(this.#turn + i) % connected.length];
      if (agentId !== undefined && !this.#due.has(agentId))
        this.#due.set(agentId, { at: now + afterCommitMs, tries: 0 });
    }
    this.#turn += mostAsked;
  }

  async #ask(agentIds: readonly string[], index: number): Promise<void> {
    const now = this.#deps.now();
    const tries = new Map(agentIds.map((agentId) => [agentId, (this.#due.get(agentId)?.tries ?? 0) + 1]));
    for (const agentId of agentIds) this.#due.delete(agentId);
    const { agree, agreeUpToIt, differ } = await compareWith(this.#deps, this.#group, agentIds, index);
    for (const agentId of agree) {
      const count = tries.get(agentId) ?? mostTries;
      if (agreeUpToIt.includes(agentId) || count >= mostTries || this.#due.has(agentId)) continue;
      // It had not read so far, or said so within the minute.
      this.#due.set(agentId, { at: now + answersAfterMs + 1_000, tries: count });
    }
    if (differ.length > 0) await this.#deps.differ(differ);
  }
}
