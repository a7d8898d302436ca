import { certificateKey, type GroupCredential } from '../../../group/credential/credential.ts';
import { credentialOf } from '../../../group/credential/members.ts';
import { membersOf } from '../../../mls/tree/ratchet-tree.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { MemberTrust } from '../../contracts/group-views.ts';
import type { Group } from './group.ts';
import type { Waits } from './progress.ts';
import { type TrustsDeps, trustIn, trustsIn } from './trusts.ts';

/** Milliseconds after which it is asked again whom to trust, where that could not be said. */
const againMs = 60_000;

/** Whom this agent trusts in a group, as it was last looked at. */
export class KnownTrusts {
  readonly #deps: TrustsDeps;
  readonly #group: Group;
  #all: ReadonlyMap<string, MemberTrust> = new Map();
  /** The last credential that was seen of everybody who was a member in this run. */
  readonly #seen = new Map<string, GroupCredential>();
  /** Members whose certificates are of no Controller that this agent knows. */
  #unjudged: readonly string[] = [];
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

  /** When to look again, while it is not known of everybody, and what to tell of those of whom it may stay so. */
  get waits(): Partial<Waits> {
    if (![...this.#all.values()].includes('waiting')) return {};
    const again = this.#deps.environment.now() + againMs;
    if (this.#unjudged.length === 0) return { again };
    const who = this.#unjudged.join(', ');
    const detail = `The certificate of ${who} is of no Controller that this agent knows any more. Nothing is sent until it has renewed it, or was removed. It is looked at again.`;
    return { again, why: new ParleyError('certificate_untrusted', detail) };
  }

  /** Looks again: a revocation list or a mark on a key is another. */
  async look(): Promise<void> {
    const { member } = this.#group;
    if (member === undefined) return;
    for (const { leaf } of membersOf(member.state.tree)) {
      const credential = credentialOf(leaf);
      this.#seen.set(credential.agentId, credential);
    }
    const unjudged: string[] = [];
    this.#all = await trustsIn(this.#deps, member, (agentId) => unjudged.push(agentId));
    this.#unjudged = unjudged.sort();
    this.#epoch = member.state.context.epoch;
  }

  /** Looks again, and returns whether an agent is trusted: one that is no member any more by what it showed last. Undefined where nothing is known. */
  async of(agentId: string): Promise<MemberTrust | undefined> {
    await this.look();
    const known = this.#all.get(agentId);
    const credential = this.#seen.get(agentId);
    const at = this.#group.member?.epochBegan;
    if (known !== undefined || credential === undefined || at === undefined) return known;
    const key = certificateKey(credential);
    const found = await this.#deps.evidence.certificates([key], at);
    return trustIn(this.#deps, credential, found.kind === 'found' ? found.value.get(key) : undefined);
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
