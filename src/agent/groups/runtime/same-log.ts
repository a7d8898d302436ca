import type { GroupMember } from '../../../group/member/group-member.ts';
import { equalConstantTime } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { EntriesPage } from '../service/delivery-service.ts';
import type { Waits } from '../state/progress.ts';

/** Milliseconds for which a service may show another log: one of several servers may be behind for a while. */
const patienceMs = 60_000;
const againMs = 5_000;

/** Watches that the delivery service goes on with the log that a member has read: one that was restored from a backup, or lies, does not. */
export class SameLog {
  readonly #now: () => number;
  #anotherSince: number | undefined;

  /** `now` gives milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Returns undefined for a page that goes on where the member has read to; otherwise when to ask again, or `over` once the service has
   * shown another log for a minute: the member cannot read on then.
   */
  waits(page: EntriesPage, member: Pick<GroupMember, 'next' | 'head'>): Waits | 'over' | undefined {
    if (goesOn(page, member)) {
      this.#anotherSince = undefined;
      return undefined;
    }
    const now = this.#now();
    this.#anotherSince ??= now;
    if (now - this.#anotherSince >= patienceMs) return 'over';
    const detail =
      'The delivery service shows another log of this group than the one that this agent has read: it was restored from a backup, or it does not tell the truth. Nothing is sent.';
    return { again: now + againMs, why: new ParleyError('group_forked', detail) };
  }
}

function goesOn({ entries, before, next }: EntriesPage, member: Pick<GroupMember, 'next' | 'head'>): boolean {
  if (next < member.next) return false;
  const first = entries[0]?.index ?? next;
  return first > member.next || equalConstantTime(before, member.head);
}
