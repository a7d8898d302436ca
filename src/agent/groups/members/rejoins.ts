import { asParleyError, type ParleyError } from '../../../protocol/errors.ts';
import type { Scheduler } from '../../contracts/ports.ts';
import type { KeyPackages } from '../key-packages/key-packages.ts';
import type { PairwiseMethods } from './pairwise.ts';

const minuteMs = 60_000;

/** A group to come back to. */
export interface ComingBack {
  readonly groupId: string;
  /** Members that are trusted, admins first. It is asked for before each call: it may be empty for a while. */
  candidates(): readonly string[];
  /** When the credential of the own leaf there began, in Unix seconds; undefined when that is lost. */
  readonly after?: number;
  /** A Welcome is on its way: members are asked only when it has not come within a minute. */
  readonly isExpected?: boolean;
  /** For the members, up to 200 characters. */
  readonly reason: string;
  /** Hears of a member that has not taken it in, and why. */
  refused?(peerId: string, why: ParleyError): void;
}

/** What members are asked with. */
export interface RejoinsDeps {
  readonly methods: Pick<PairwiseMethods, 'groupRejoin'>;
  readonly keyPackages: Pick<KeyPackages, 'forRejoin'>;
  readonly scheduler: Scheduler;
}

/** Asks members to take this agent in again: one a minute, each in turn, until it is in (groups page, section 5, *Coming back*). */
export class Rejoins {
  readonly #deps: RejoinsDeps;
  #isStopped = false;
  readonly #underWay = new Map<string, { timer: { cancel(): void } | undefined; turn: number }>();

  constructor(deps: RejoinsDeps) {
    this.#deps = deps;
  }

  /** Begins to ask, first now where no Welcome is expected, unless it does already. */
  begin(back: ComingBack): void {
    if (this.#isStopped || this.#underWay.has(back.groupId)) return;
    const later = () => this.#deps.scheduler.after(minuteMs, () => void this.#ask(back));
    this.#underWay.set(back.groupId, { timer: back.isExpected === true ? later() : undefined, turn: 0 });
    if (back.isExpected !== true) void this.#ask(back);
  }

  /** Asks no more: this agent is in again, or does not want to be. */
  end(groupId: string): void {
    this.#underWay.get(groupId)?.timer?.cancel();
    this.#underWay.delete(groupId);
  }

  isAsking(groupId: string): boolean {
    return this.#underWay.has(groupId);
  }

  stop(): void {
    this.#isStopped = true;
    for (const groupId of [...this.#underWay.keys()]) this.end(groupId);
  }

  async #ask(back: ComingBack): Promise<void> {
    const { groupId, reason } = back;
    const asking = this.#underWay.get(groupId);
    if (asking === undefined) return;
    // From the call on: one that takes long is no reason to ask the next one later.
    asking.timer = this.#deps.scheduler.after(minuteMs, () => void this.#ask(back));
    const candidates = back.candidates();
    const peerId = candidates[asking.turn % Math.max(1, candidates.length)];
    asking.turn += 1;
    if (peerId === undefined) return;
    try {
      const { bytes, secrets } = await this.#deps.keyPackages.forRejoin(groupId, back.after);
      secrets.initSecret.fill(0);
      secrets.leafSecret.fill(0);
      if (this.#underWay.get(groupId) !== asking) return;
      await this.#deps.methods.groupRejoin(peerId, { groupId, keyPackage: bytes, reason });
    } catch (cause) {
      // Who cannot be reached or refuses is passed over: the next one is asked in a minute.
      const why = asParleyError(cause);
      if (this.#underWay.get(groupId) === asking) back.refused?.(peerId, why);
    }
  }
}
