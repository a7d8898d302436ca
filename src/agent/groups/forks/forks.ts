import type { GroupMember } from '../../../group/member/group-member.ts';
import { doubtSeconds, withoutDoubt } from '../../../group/member/standing.ts';
import type { Group } from '../state/group.ts';
import { type Compared, type ComparingDeps, compareWith, isForked } from './comparing.ts';

/** What forks are looked at with. */
export interface ForksDeps extends ComparingDeps {
  /** Milliseconds since 1970. */
  now(): number;
  /** Members that are trusted now. */
  trusted(): readonly string[];
  /** Hears that something else was found. */
  changed(): void;
}

/** Who reads another history of a group than this agent, and what the members that were asked have said (groups page, sections 4 and 5). */
export class Forks {
  readonly #deps: ForksDeps;
  readonly #group: Group;
  readonly diverged = new Set<string>();
  #found: Compared | undefined;
  #comparedAt = Number.NEGATIVE_INFINITY;
  #doubt: { readonly index: number; readonly until: number } | undefined;

  constructor(deps: ForksDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
  }

  /** Returns who agrees and who does not, while not more than half of who answered agree. */
  get found(): Compared | undefined {
    return this.#found;
  }

  /** A member has said that it read another history: compares with all that are trusted, once a minute. */
  hasDiverged(agentId: string): void {
    this.diverged.add(agentId);
    const now = this.#deps.now();
    const index = (this.#group.member?.next ?? 0) - 1;
    if (now - this.#comparedAt < doubtSeconds * 1_000 || index < 0) return;
    this.#comparedAt = now;
    void compareWith(this.#deps, this.#group, this.#deps.trusted(), index).then((found) => {
      this.#found = isForked(found) ? found : undefined;
      this.#deps.changed();
    });
  }

  /**
   * Asks the others about a commit that fails for this member alone, perhaps (groups page, section 4): two that have skipped it as well,
   * or a minute, end the doubt; one that has applied it strands this agent. Returns when to look again.
   */
  async lookAtDoubt(member: GroupMember): Promise<number | undefined> {
    const { doubt } = member;
    const now = this.#deps.now();
    if (doubt === undefined) return undefined;
    if (this.#doubt?.index !== doubt.index) {
      this.#doubt = { index: doubt.index, until: now + doubtSeconds * 1_000 };
      void this.#askAboutDoubt(doubt.index);
    }
    if (now < this.#doubt.until) return this.#doubt.until;
    await this.#endDoubt(doubt.index);
    return undefined;
  }

  async #askAboutDoubt(index: number): Promise<void> {
    const { agree, ahead } = await compareWith(this.#deps, this.#group, this.#deps.trusted(), index);
    if (ahead.length > 0) await this.#group.turns.take(() => this.#group.keep({ standing: { status: 'stranded' } }));
    else if (agree.length >= 2) await this.#endDoubt(index);
    this.#deps.changed();
  }

  #endDoubt(index: number): Promise<void> {
    return this.#group.turns.take(async () => {
      const { member } = this.#group;
      if (member?.doubt?.index === index) await this.#group.keep({ step: withoutDoubt(member) });
    });
  }
}
