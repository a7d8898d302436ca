import type { ComingBack } from '../members/rejoins.ts';

/** Groups that are asked for at the same time. */
const mostAtOnce = 8;
/** Minutes after which an inviter is asked no more; it is asked at first, after one, and then each time after twice as many: 12 times. */
const longestMinutes = 1_024;

/** What is asked back with. */
export interface AskingBackDeps {
  readonly rejoins: { begin(back: ComingBack): void; end(groupId: string): void };
  /** True while this agent is in the group in no way, and is not invited to it. */
  isMissed(groupId: string): boolean;
}

/**
 * Asks inviters to add this agent by a KeyPackage that is still there (groups page, section 3): the one that their Welcome was for is
 * deleted. Again for some hours, since an inviter may be away.
 */
export class AskingBack {
  readonly #deps: AskingBackDeps;
  /** Minutes since each was first asked for, by its group_id. */
  readonly #minutes = new Map<string, number>();

  constructor(deps: AskingBackDeps) {
    this.#deps = deps;
  }

  /** Begins to ask for a group, unless it does already. Of eight the one that was asked for longest makes room, once it was for a minute. */
  begin(groupId: string, inviter: string): void {
    if (this.#minutes.has(groupId) || !this.#hasRoom()) return;
    this.#minutes.set(groupId, -1);
    const candidates = () => (this.#isDue(groupId) ? [inviter] : []);
    this.#deps.rejoins.begin({ groupId, candidates, reason: 'The KeyPackage of the Welcome is deleted.' });
  }

  /** Asks no more: there is a Welcome that can be read. */
  end(groupId: string): void {
    if (this.#minutes.delete(groupId)) this.#deps.rejoins.end(groupId);
  }

  #hasRoom(): boolean {
    if (this.#minutes.size < mostAtOnce) return true;
    const [longest] = [...this.#minutes].sort(([, one], [, other]) => other - one);
    if (longest === undefined || longest[1] < 1) return false;
    this.end(longest[0]);
    return true;
  }

  /** Hears that a minute is over. */
  #isDue(groupId: string): boolean {
    const minutes = (this.#minutes.get(groupId) ?? longestMinutes) + 1;
    if (minutes > longestMinutes || !this.#deps.isMissed(groupId)) {
      this.end(groupId);
      return false;
    }
    this.#minutes.set(groupId, minutes);
    return Number.isInteger(Math.log2(minutes)) || minutes === 0;
  }
}
