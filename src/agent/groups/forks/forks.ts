import type { GroupMember } from '../../../group/member/group-member.ts';
import { heard } from '../../../group/member/known.ts';
import { doubtSeconds, withoutDoubt } from '../../../group/member/standing.ts';
import type { GroupView } from '../../contracts/group-views.ts';
import type { Group } from '../state/group.ts';
import type { Standing } from '../state/standing.ts';
import { type ComparingDeps, compareWith, isForked } from './comparing.ts';
import { Meetings } from './meetings.ts';
import { RecentAnswers } from './recent-answers.ts';

/** What forks are looked at with. */
export interface ForksDeps extends ComparingDeps {
  /** Milliseconds since 1970. */
  now(): number;
  /** Members that are trusted now. */
  trusted(): readonly string[];
  /** True while there is a session with an agent. */
  isConnected(agentId: string): boolean;
  /** Hears that something else was found. */
  changed(): void;
}

/** Who reads another history of a group than this agent, and what the members that were asked have said (groups page, sections 4 and 5). */
export class Forks {
  readonly #deps: ForksDeps;
  readonly #group: Group;
  readonly #meetings: Meetings;
  readonly #recent: RecentAnswers;
  #comparedAt = Number.NEGATIVE_INFINITY;
  /** Something is to be compared: at first, what was not settled before a restart. */
  #isWanted: boolean;
  /** Where this agent came in, once it has asked the others what they have read there. */
  #joinedAt: number | undefined;
  #doubt: { readonly index: number; readonly until: number } | undefined;

  constructor(deps: ForksDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
    this.#recent = new RecentAnswers(deps.methods, () => deps.now());
    const differ = (agentIds: readonly string[]) => this.#differ(agentIds);
    this.#meetings = new Meetings(
      {
        ...{ methods: this.#recent, rows: deps.rows, differ },
        now: () => deps.now(),
        trusted: () => deps.trusted(),
        isConnected: (agentId) => deps.isConnected(agentId),
      },
      group,
    );
    this.#isWanted = (group.standing.diverged ?? []).length > 0;
  }

  /** Members that have read another history, until a comparison agrees. */
  get diverged(): ReadonlySet<string> {
    return new Set(this.#group.standing.diverged);
  }

  /** Returns who agrees and who does not, while not more than half of who answered agree. */
  get found(): NonNullable<GroupView['fork']> | undefined {
    return this.#group.standing.fork ?? undefined;
  }

  /** A member has said that it read another history: it is marked, and the owner is asked anew. Within a turn; returns what is kept of it. */
  hasDiverged(agentId: string): Pick<Partial<Standing>, 'diverged' | 'goesOnForked'> {
    this.#isWanted = true;
    const { diverged = [], members } = this.#group.standing;
    if (diverged.includes(agentId)) return {};
    return { diverged: [...diverged.filter((one) => members.includes(one)), agentId], goesOnForked: false };
  }

  /** A session with a member has begun: what both have read is compared, also what it could not be asked about before. */
  met(agentId: string): void {
    const isHeard = this.#group.member?.acquaintances.get(agentId)?.isHeard;
    this.#isWanted ||= isHeard === false || this.diverged.has(agentId);
    this.#meetings.met(agentId);
  }

  /** Marks members that were found to read another history, and has all compared: the owner is asked when too few agree. */
  async #differ(agentIds: readonly string[]): Promise<void> {
    await this.#group.turns.take(async () => {
      const { diverged: known = [] } = this.#group.standing;
      const added = agentIds.filter((agentId) => !known.includes(agentId));
      this.#isWanted = added.length > 0 || this.#isWanted;
      if (added.length === 0) return;
      await this.#group.keep({ standing: { diverged: [...known, ...added], goesOnForked: false } });
    });
    this.#deps.changed();
  }

  /**
   * Compares with all that are trusted when there is a reason, once a minute: somebody has read another history, or this agent has just
   * come in and takes the head before its first entry as given. Returns when to look again.
   */
  #look(member: GroupMember): number | undefined {
    if (this.#joinedAt !== member.firstIndex) {
      this.#joinedAt = member.firstIndex;
      this.#isWanted ||= !member.isHeadConfirmed;
    }
    if (!this.#isWanted || this.#deps.trusted().length === 0) return undefined;
    const [now, next] = [this.#deps.now(), this.#comparedAt + doubtSeconds * 1_000];
    if (now < next && now >= this.#comparedAt) return next;
    this.#comparedAt = now;
    this.#isWanted = false;
    // Why it cannot be stored is told by the next step of the group, which cannot be either.
    void Promise.allSettled([this.#compare(member.next - 1)]).then(() => this.#deps.changed());
    return undefined;
  }

  async #compare(index: number): Promise<void> {
    // Who is marked meanwhile has read on: this comparison says nothing of that.
    const marked = this.#group.standing.diverged ?? [];
    const asking = { methods: this.#recent, rows: this.#deps.rows };
    const found = await compareWith(asking, this.#group, this.#deps.trusted(), index);
    const { agree, agreeUpToIt, differ, silent } = found;
    if (agree.length + differ.length === 0) return;
    await this.#group.turns.take(async () => {
      const { member, standing } = this.#group;
      if (member === undefined) return;
      const diverged = (standing.diverged ?? []).filter(
        (agentId) => !(marked.includes(agentId) && agreeUpToIt.includes(agentId)),
      );
      // Who has not read as far as it was asked is asked again.
      this.#isWanted ||= diverged.some((agentId) => agree.includes(agentId));
      const step = agree.reduce(heard, { member, changed: {}, consumed: [] });
      await this.#group.keep({
        ...(step.member === member ? {} : { step }),
        standing: {
          diverged,
          fork: isForked(found) ? { agree, differ, silent } : null,
        },
      });
    });
  }

  /**
   * Asks the others about a commit that fails for this member alone, perhaps (groups page, section 4): two that have skipped it as well,
   * or a minute, end the doubt; one that has applied it strands this agent. Returns when to look again.
   */
  async lookAtDoubt(member: GroupMember): Promise<number | undefined> {
    const { doubt } = member;
    const now = this.#deps.now();
    const again = earlier(this.#look(member), this.#meetings.look(member));
    if (doubt === undefined) return again;
    const until = now + doubtSeconds * 1_000;
    if (this.#doubt?.index !== doubt.index) {
      this.#doubt = { index: doubt.index, until };
      // Why it cannot be stored is told by the next step of the group, which cannot be either.
      void Promise.allSettled([this.#askAboutDoubt(doubt.index)]);
    }
    // One that ends later than it would now was begun by a clock that was ahead.
    if (until < this.#doubt.until) this.#doubt = { index: doubt.index, until };
    if (now < this.#doubt.until) return earlier(this.#doubt.until, again);
    await this.#endDoubt(doubt.index);
    return undefined;
  }

  async #askAboutDoubt(index: number): Promise<void> {
    const { agreeUpToIt, ahead } = await compareWith(this.#deps, this.#group, this.#deps.trusted(), index);
    if (ahead.length > 0) await this.#strand(index);
    // Who has not read so far has not skipped it.
    else if (agreeUpToIt.length >= 2) await this.#endDoubt(index);
    this.#deps.changed();
  }

  /** Strands this agent, which has passed over a commit that another has applied, unless it has left or come back since it asked. */
  #strand(index: number): Promise<void> {
    return this.#group.turns.take(async () => {
      const { member, standing } = this.#group;
      const isIn = member !== undefined && standing.status === 'member' && member.firstIndex <= index;
      if (isIn) await this.#group.keep({ standing: { status: 'stranded' } });
    });
  }

  #endDoubt(index: number): Promise<void> {
    return this.#group.turns.take(async () => {
      const { member } = this.#group;
      if (member?.doubt?.index === index) await this.#group.keep({ step: withoutDoubt(member) });
    });
  }
}

function earlier(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
