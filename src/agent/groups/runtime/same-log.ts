import type { GroupMember } from '../../../group/member/group-member.ts';
import { equalConstantTime } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { EntriesPage } from '../service/delivery-service.ts';
import type { Waits } from '../state/progress.ts';
import type { Stranding } from '../state/stranding.ts';

/** Milliseconds for which a service may show another log, or none: one of several servers may be behind for a while. */
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
   * Returns undefined for a page that goes on where the member has read to; otherwise when to ask again, or how the member is stranded once
   * the service has shown no such page for a minute.
   */
  waits(page: EntriesPage, member: Pick<GroupMember, 'next' | 'head'>): Waits | Stranding | undefined {
    if (goesOn(page, member)) {
      this.#anotherSince = undefined;
      return undefined;
    }
    const lost = member.next - page.next;
    const detail =
      'The delivery service shows another log of this group than the one that this agent has read: it was restored from a backup, or it does not tell the truth. Nothing is sent.';
    return this.#patient(
      new ParleyError('group_forked', detail),
      lost > 0 ? { kind: 'older_log', lost } : { kind: 'other_log' },
    );
  }

  /** Returns the same for a service that does not know the member in the group. */
  unlisted(cause: ParleyError): Waits | Stranding {
    const detail =
      'The delivery service does not count this agent as a member of this group. It is asked again for a minute. Nothing is sent.';
    return this.#patient(new ParleyError('unknown_group', detail, { cause }), { kind: 'not_listed' });
  }

  #patient(why: ParleyError, stranding: Stranding): Waits | Stranding {
    const now = this.#now();
    // A clock that was set back begins anew.
    if (this.#anotherSince === undefined || now < this.#anotherSince) this.#anotherSince = now;
    return now - this.#anotherSince >= patienceMs ? stranding : { again: now + againMs, why };
  }
}

function goesOn({ entries, before, next }: EntriesPage, member: Pick<GroupMember, 'next' | 'head'>): boolean {
  if (next < member.next) return false;
  const first = entries[0]?.index ?? next;
  return first > member.next || equalConstantTime(before, member.head);
}
