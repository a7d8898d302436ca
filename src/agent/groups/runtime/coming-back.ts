import { endedSecrets } from '../../../mls/group/ended-secrets.ts';
import { membersOf } from '../../../mls/tree/ratchet-tree.ts';
import type { ParleyError } from '../../../protocol/errors.ts';
import type { MemberTrust } from '../../contracts/group-views.ts';
import type { ComingBack as Asking } from '../members/rejoins.ts';
import type { Group } from '../state/group.ts';
import { lostTalk } from '../state/lost-talk.ts';
import { ownCredentialBegan } from '../state/view.ts';
import type { TalkOfGroups } from '../talk/ports.ts';
import { rejoinCandidates } from './rejoin-candidates.ts';

/** What this agent comes back to a group with. */
export interface ComingBackDeps {
  readonly selfId: string;
  readonly rejoins: { begin(back: Asking): void; end(groupId: string): void };
  readonly talk: Pick<TalkOfGroups, 'lost'>;
}

/** The way out of a group in which this agent is stranded: it asks the members to take it in again, or its owner gives the group up. */
export class ComingBack {
  readonly #deps: ComingBackDeps;
  readonly #group: Group;
  readonly #changed: () => void;
  /** Members that know this agent in no such group, since it was last begun to ask. */
  readonly #denied = new Set<string>();

  /** `changed` hears that the group shows something else. */
  constructor(deps: ComingBackDeps, group: Group, changed: () => void) {
    this.#deps = deps;
    this.#group = group;
    this.#changed = changed;
  }

  /** Asks the members, first now, unless they are being asked already. */
  ask(trusts: () => ReadonlyMap<string, MemberTrust>): void {
    const { standing, member } = this.#group;
    if (standing.status !== 'stranded') return;
    const after = member === undefined ? undefined : ownCredentialBegan(member);
    const candidates = () => {
      if (this.#group.standing.status === 'stranded') return rejoinCandidates(this.#group, this.#deps.selfId, trusts());
      // What stranded it is over: whoever took it in anew now would take a leaf away that it uses.
      this.#deps.rejoins.end(standing.groupId);
      return [];
    };
    this.#deps.rejoins.begin({
      groupId: standing.groupId,
      candidates,
      ...(after === undefined ? {} : { after }),
      isExpected: standing.stranding?.kind === 'taken_in',
      reason: 'This agent cannot read the group on.',
      refused: (peerId, why) => void Promise.allSettled([this.#refused(peerId, why, candidates())]),
    });
  }

  /** Returns whether this agent is in the group no more: one that leaves ends it here when nobody else is in it, who could take it out. */
  async isOver(): Promise<boolean> {
    const { standing, member, pending } = this.#group;
    if (member === undefined) return true;
    const isLeaving = standing.status === 'member' && standing.isLeaving;
    if (!isLeaving || membersOf(member.state.tree).length > 1) return false;
    // It may be in the log, and have added somebody.
    if (pending !== undefined) return false;
    await this.giveUp();
    return true;
  }

  /** Ends the group here: its owner does not wait to be taken in. What was said stays, what waits to be sent is lost. */
  async giveUp(): Promise<void> {
    const group = this.#group;
    this.#deps.rejoins.end(group.groupId);
    await group.turns.take(async () => {
      const { member, pending } = group;
      const states = [member?.state, pending?.next].filter((state) => state !== undefined);
      const talk = await lostTalk(this.#deps.talk, group, 'left');
      const consumed = states.flatMap((state) => endedSecrets(state));
      await group.end({ talk, standing: { status: 'left', stranding: null }, consumed });
    });
    this.#changed();
  }

  /** Tells the owner once nobody of those that are asked knows this agent as a member: nobody's word alone does. */
  async #refused(peerId: string, { code }: ParleyError, candidates: readonly string[]): Promise<void> {
    if (code !== 'unknown_group') return;
    this.#denied.add(peerId);
    if (!candidates.every((one) => this.#denied.has(one))) return;
    const group = this.#group;
    await group.turns.take(async () => {
      const { status, stranding } = group.standing;
      if (status !== 'stranded' || stranding?.isDenied === true) return;
      const known = stranding ?? { kind: 'missed_change' as const };
      await group.keep({ standing: { stranding: { ...known, isDenied: true } } });
    });
    this.#changed();
  }
}
