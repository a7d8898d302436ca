import type { GroupMember } from '../../../group/member/group-member.ts';
import { DeliveryRefusal } from '../service/delivery-http.ts';
import type { DeliveryService, EntriesPage } from '../service/delivery-service.ts';
import type { Group } from '../state/group.ts';
import type { Waits } from '../state/progress.ts';
import type { Stranding } from '../state/stranding.ts';
import { SameLog } from './same-log.ts';

/** What pages of a log are asked for with. */
export interface LogPagesDeps {
  readonly service: Pick<DeliveryService, 'entries'>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** The pages of a group's log, as far as they go on where this agent has read to: one that does not for a minute strands it. */
export class LogPages {
  readonly #deps: LogPagesDeps;
  readonly #group: Group;
  readonly #sameLog: SameLog;

  constructor(deps: LogPagesDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
    this.#sameLog = new SameLog(() => deps.now());
  }

  /**
   * Returns what comes next, or when to ask again; undefined when this agent is stranded, and nothing can be read. Rejects with the codes of
   * the service and the store.
   */
  async next(member: GroupMember): Promise<EntriesPage | Waits | undefined> {
    const found = await this.#ask(member);
    if ('again' in found) return this.#group.standing.status === 'stranded' ? undefined : found;
    if ('kind' in found) return this.#strand(found);
    const first = found.entries[0]?.index ?? found.next;
    if (first > member.next) return this.#strand({ kind: 'missed_change' });
    await this.#foundAgain();
    return found;
  }

  async #ask(member: GroupMember): Promise<EntriesPage | Waits | Stranding> {
    const { groupId, standing } = this.#group;
    try {
      const page = await this.#deps.service.entries(groupId, member.next);
      return this.#sameLog.waits(page, member) ?? page;
    } catch (cause) {
      const isUnlisted = cause instanceof DeliveryRefusal && cause.code === 'unknown_group';
      if (!isUnlisted || standing.status === 'creating') throw cause;
      return this.#sameLog.unlisted(cause);
    }
  }

  /** Strands this agent; one that is stranded for that already stays as it is. */
  async #strand(stranding: Stranding): Promise<undefined> {
    const group = this.#group;
    const known = group.standing;
    if (known.status === 'stranded' && (known.stranding?.kind ?? 'missed_change') === stranding.kind) return;
    await group.turns.take(() => group.keep({ standing: { status: 'stranded', stranding } }));
  }

  /** The service goes on with the log that this agent has read: what stranded it for another one is over. */
  async #foundAgain(): Promise<void> {
    const group = this.#group;
    const { status, stranding } = group.standing;
    if (status !== 'stranded' || (stranding?.kind ?? 'missed_change') === 'missed_change') return;
    await group.turns.take(() => group.keep({ standing: { status: 'member', stranding: null } }));
  }
}
