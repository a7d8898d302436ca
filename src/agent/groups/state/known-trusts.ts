import type { MemberTrust } from '../../contracts/group-views.ts';
import type { Group } from './group.ts';
import { type TrustsDeps, trustsIn } from './trusts.ts';

/** Whom this agent trusts in a group, as it was last looked at. */
export class KnownTrusts {
  readonly #deps: TrustsDeps;
  readonly #group: Group;
  #all: ReadonlyMap<string, MemberTrust> = new Map();
  /** The epoch whose leaves were looked at. */
  #epoch: bigint | undefined;

  constructor(deps: TrustsDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
  }

  /** Every other member's, by agent_id. */
  get all(): ReadonlyMap<string, MemberTrust> {
    return this.#all;
  }

  /** Returns the members that are trusted. */
  trusted(): readonly string[] {
    return [...this.#all].flatMap(([agentId, trust]) => (trust === 'trusted' ? [agentId] : []));
  }

  /** Looks again: a revocation list or a mark on a key is another. */
  async look(): Promise<void> {
    const { member } = this.#group;
    if (member === undefined) return;
    this.#all = await trustsIn(this.#deps, member);
    this.#epoch = member.state.context.epoch;
  }

  /** Returns whether a member whose message is being taken in is trusted now. */
  async now(agentId: string): Promise<MemberTrust> {
    const known = this.#all.get(agentId);
    // In another epoch its leaf may have another credential: one that had expired is trusted again once it is renewed.
    const isOfEpoch = this.#epoch === this.#group.member?.state.context.epoch;
    if (!isOfEpoch || known === undefined || known === 'waiting') await this.look();
    return this.#all.get(agentId) ?? 'waiting';
  }
}
