import { asParleyError } from '../../../protocol/errors.ts';
import type { GroupStateAnswer, PairwiseMethods } from '../members/pairwise.ts';

/** Milliseconds for which a member does not answer again (groups page, section 5, *Forks*): what it said last counts so long. */
export const answersAfterMs = 60_000;

/** What members have said of a group within the last minute: whoever asks again within it is not answered. */
export class RecentAnswers implements Pick<PairwiseMethods, 'groupState'> {
  readonly #methods: Pick<PairwiseMethods, 'groupState'>;
  readonly #now: () => number;
  readonly #all = new Map<string, { readonly at: number; readonly answer: Promise<GroupStateAnswer> }>();

  /** `now` gives milliseconds since 1970. */
  constructor(methods: Pick<PairwiseMethods, 'groupState'>, now: () => number) {
    this.#methods = methods;
    this.#now = now;
  }

  groupState(peerId: string, groupId: string, index: number): Promise<GroupStateAnswer> {
    const now = this.#now();
    for (const [id, { at }] of this.#all) if (now - at >= answersAfterMs || now < at) this.#all.delete(id);
    const known = this.#all.get(peerId);
    if (known !== undefined) return known.answer;
    const answer = this.#methods.groupState(peerId, groupId, index);
    const asked = { at: now, answer };
    this.#all.set(peerId, asked);
    answer.catch((cause: unknown) => {
      asParleyError(cause);
      // It was not answered: it may be asked again.
      if (this.#all.get(peerId) === asked) this.#all.delete(peerId);
    });
    return answer;
  }
}
