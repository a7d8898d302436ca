import { credentialOf, membersIn } from '../../../group/credential/members.ts';
import type { GroupMember } from '../../../group/member/group-member.ts';
import { credentialDue, healingDue, leaversTurn, waitingLeavers } from '../../../group/member/healing.ts';
import type { CommitPlan } from '../../../group/member/intents.ts';
import type { LeafIndex } from '../../../mls/indices.ts';
import { leafAt, membersOf } from '../../../mls/tree/ratchet-tree.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../../protocol/crypto/environment.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { MemberTrust } from '../../contracts/group-views.ts';
import type { LeafIdentities } from '../identity/leaf-identities.ts';
import type { Group } from '../state/group.ts';
import { adminsIn } from '../state/view.ts';

/** Seconds past its `not_after` from which on anybody may remove a member (groups page, section 5). */
const expiredAfter = 86_400;
/** Milliseconds within which keys are renewed that a day with traffic has made old. */
const healingWithinMs = 600_000;
/** Milliseconds that a turn is away at most, whatever the clock said when it was reckoned. */
const longestTurnMs = 600_000;
/** Milliseconds after which a commit that cannot be made is tried again, twice as many each time, up to the longest. */
const [triedAfterMs, triedAfterAtMost] = [500, 6 * 3_600_000];
/** Tries after which whoever looks at the group is told. */
const saidAfter = 3;
/** Seconds by which a new credential has to end later than the present one, to be worth a commit. */
const worthRenewing = 3_600;
/** Members that wait their turn one second after another; later ones wait no longer. */
const mostPlaces = 10;

/** What a group asks of this member by itself: a commit that is due, or when to look again, in milliseconds since 1970. */
export type Duty =
  | { readonly kind: 'due'; readonly plan: CommitPlan }
  | { readonly kind: 'later'; readonly at: number };

/** What duties are found with. */
export interface DutiesDeps {
  readonly selfId: string;
  readonly identities: Pick<LeafIdentities, 'make' | 'ends'>;
  /** H of the signing certificate in use. */
  readonly ownCertificate: () => Promise<Bytes>;
  readonly environment: Pick<Environment, 'now'>;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
}

/** Finds which commit the rules of a group ask of this member now (groups page, section 5: proposals, healing, revocation). */
export class Duties {
  readonly #deps: DutiesDeps;
  readonly #group: Group;
  /** When something that waits its turn is due, in milliseconds since 1970, by what it is. */
  readonly #turns = new Map<string, number>();
  /** The epoch in which the commit of a duty cannot be made, how often that was tried, why, and when it is again, in milliseconds since 1970. */
  #refused:
    | { readonly epoch: bigint; readonly tries: number; readonly why: ParleyError; readonly until: number }
    | undefined;

  constructor(deps: DutiesDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
  }

  /**
   * Hears that the commit of a duty cannot be made: another is made later, at `again` at the earliest, ever more rarely, since each that was
   * stored takes a generation of the ratchet. What others ask for goes on meanwhile.
   */
  refused(why: ParleyError, again = 0): void {
    const { member } = this.#group;
    if (member === undefined) return;
    const { epoch } = member.state.context;
    const tries = this.#refused?.epoch === epoch ? this.#refused.tries + 1 : 1;
    const own = Math.min(triedAfterAtMost, triedAfterMs * 2 ** Math.min(tries - 1, 20));
    const asked = Math.min(triedAfterAtMost, 1_000 * (why.retryAfter ?? 0));
    const now = this.#deps.environment.now();
    const until = Math.max(again, now + asked, now + own * (0.5 + 0.5 * this.#deps.chance()));
    this.#refused = { epoch, tries, why, until };
  }

  /** Returns why what the group needs of this member cannot be done, once it was tried a few times in this epoch. */
  get failing(): ParleyError | undefined {
    const epoch = this.#group.member?.state.context.epoch;
    if (this.#refused === undefined || this.#refused.epoch !== epoch || this.#refused.tries < saidAfter)
      return undefined;
    const { code, detail, cause } = this.#refused.why;
    return new ParleyError(
      code,
      `The group needs a change that this agent cannot make: ${detail} It is tried again, ever more rarely. Other members may make it.`,
      { cause },
    );
  }

  /** Returns what is due, or is going to be. `wantsToSend`: what leavers have asked for is then due at once. */
  async next(trusts: ReadonlyMap<string, MemberTrust>, wantsToSend: boolean): Promise<Duty | undefined> {
    const { member, standing } = this.#group;
    if (member === undefined) return undefined;
    if (standing.isLeaving && this.#staysBehind(member, trusts)) return undefined;
    const later = this.#afterRefusal(member);
    if (later !== undefined) return later;
    const now = unixSeconds(this.#deps.environment);
    if (!standing.isLeaving && (await this.#isRenewalDue(member, now))) {
      return { kind: 'due', plan: { newIdentity: await this.#newIdentity() } };
    }
    const removal = this.#removal(member, trusts);
    const healing = standing.isLeaving ? undefined : this.#healing(member, now);
    const found = [removal, this.#leavers(member, trusts, wantsToSend), healing].filter(isDuty);
    return found.find(({ kind }) => kind === 'due') ?? earliest(found);
  }

  #afterRefusal({ state }: GroupMember): Duty | undefined {
    if (this.#refused === undefined) return undefined;
    if (this.#refused.epoch !== state.context.epoch) {
      this.#refused = undefined;
      return undefined;
    }
    const { until } = this.#refused;
    const ms = until - this.#deps.environment.now();
    // A wait longer than the longest was begun by a clock that was ahead.
    return ms > 0 && ms <= triedAfterAtMost ? { kind: 'later', at: until } : undefined;
  }

  /** Returns whether a new credential is due that would vouch for longer than the present one, or by another certificate. */
  async #isRenewalDue(member: GroupMember, now: number): Promise<boolean> {
    const { identities, ownCertificate } = this.#deps;
    const ends = await identities.ends();
    // This agent's certificate has to be renewed first.
    if (ends - now < 60) return false;
    if (this.#group.standing.isLastResort) return true;
    const due = credentialDue(member, now, await ownCertificate());
    if (due === undefined || due === 'renewed') return due !== undefined;
    const own = leafAt(member.state.tree, member.state.ownLeaf);
    return own !== undefined && ends - credentialOf(own).notAfter > worthRenewing;
  }

  async #newIdentity() {
    const { identity } = await this.#deps.identities.make();
    const { credential, signature } = identity;
    if (credential.type !== 'basic') throw new TypeError('A credential of a group is a basic one.');
    return { signature, credential: credential.identity };
  }

  /** Returns whether another member is there that takes out who leaves: neither leaves itself nor may be removed by anybody. */
  #staysBehind(member: GroupMember, trusts: ReadonlyMap<string, MemberTrust>): boolean {
    const { revoked, expired } = this.#removable(member, trusts);
    const gone = new Set([...waitingLeavers(member), ...[...revoked, ...expired].map(({ leafIndex }) => leafIndex)]);
    return membersOf(member.state.tree).some(
      ({ leafIndex }) => leafIndex !== member.state.ownLeaf && !gone.has(leafIndex),
    );
  }

  /** Returns the other members that anybody may remove now, by why. */
  #removable({ state }: GroupMember, trusts: ReadonlyMap<string, MemberTrust>) {
    const now = unixSeconds(this.#deps.environment);
    const others = membersOf(state.tree).filter(({ leafIndex }) => leafIndex !== state.ownLeaf);
    const named = others.map(({ leafIndex, leaf }) => ({ leafIndex, credential: credentialOf(leaf) }));
    const revoked = named.filter(({ credential }) => trusts.get(credential.agentId) === 'revoked');
    const expired = named.filter(({ credential }) => credential.notAfter + expiredAfter <= now);
    return { revoked, expired };
  }

  #removal(member: GroupMember, trusts: ReadonlyMap<string, MemberTrust>): Duty | undefined {
    const { revoked, expired } = this.#removable(member, trusts);
    const because = revoked.length > 0 ? 'revoked' : 'expired';
    const gone = revoked.length > 0 ? revoked : expired;
    const [first] = gone;
    if (first === undefined) return undefined;
    const place = this.#place(member, trusts);
    const waitMs = 1_000 * (Math.min(place, mostPlaces) + this.#deps.chance());
    const at = this.#turn(`${because} ${member.state.context.epoch} ${first.leafIndex}`, waitMs);
    const remove = gone.map(({ leafIndex }) => leafIndex);
    return this.#dueAt(at, () => this.#removalPlan(member, remove, because));
  }

  #removalPlan(member: GroupMember, remove: readonly LeafIndex[], because: 'revoked' | 'expired'): CommitPlan {
    return adminsIn(member).includes(this.#deps.selfId) ? { remove } : { remove, because };
  }

  /** The place of this member among those that are trusted, in the order of their leaves. */
  #place(member: GroupMember, trusts: ReadonlyMap<string, MemberTrust>): number {
    const staying = membersIn(member.state.tree).filter(
      ({ agentId }) => agentId === this.#deps.selfId || trusts.get(agentId) === 'trusted',
    );
    return staying.findIndex(({ agentId }) => agentId === this.#deps.selfId);
  }

  #leavers(member: GroupMember, trusts: ReadonlyMap<string, MemberTrust>, wantsToSend: boolean): Duty | undefined {
    const [first] = waitingLeavers(member);
    if (first === undefined) return undefined;
    const { revoked, expired } = this.#removable(member, trusts);
    // Who has gone for good takes nobody out.
    const gone = new Set([...revoked, ...expired].map(({ leafIndex }) => leafIndex));
    const leaves = membersIn(member.state.tree).flatMap(({ leaf }) => (gone.has(leaf) ? [] : [leaf]));
    const seconds = wantsToSend ? 0 : leaversTurn(member, leaves);
    if (seconds === undefined) return undefined;
    const at = wantsToSend ? 0 : this.#turn(`leaving ${member.state.context.epoch} ${first}`, 1_000 * seconds);
    return this.#dueAt(at, () => ({}));
  }

  #healing(member: GroupMember, now: number): Duty | undefined {
    const due = healingDue(member, now);
    if (due === undefined) return undefined;
    const waitMs = due === 'generations' ? 0 : this.#deps.chance() * healingWithinMs;
    // Commits of others in between do not put it off.
    return this.#dueAt(this.#turn(`healing ${due} ${member.renewedAt}`, waitMs), () => ({}));
  }

  /** Returns when a turn comes that was first seen now or earlier. */
  #turn(what: string, waitMs: number): number {
    const soonest = this.#deps.environment.now() + waitMs;
    // One that is further away than it was at first was reckoned by a clock that was ahead.
    const at = Math.min(this.#turns.get(what) ?? soonest, soonest + longestTurnMs);
    this.#turns.set(what, at);
    const [oldest] = this.#turns.keys();
    if (this.#turns.size > 64 && oldest !== undefined) this.#turns.delete(oldest);
    return at;
  }

  #dueAt(at: number, plan: () => CommitPlan): Duty {
    return at <= this.#deps.environment.now() ? { kind: 'due', plan: plan() } : { kind: 'later', at };
  }
}

function isDuty(duty: Duty | undefined): duty is Duty {
  return duty !== undefined;
}

function earliest(duties: readonly Duty[]): Duty | undefined {
  const times = duties.flatMap((duty) => (duty.kind === 'later' ? [duty.at] : []));
  return times.length === 0 ? undefined : { kind: 'later', at: Math.min(...times) };
}
