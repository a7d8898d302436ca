import { decodeAuthenticator, decodeHead, isForgotten } from '../../../group/storage/head-record.ts';
import { parts } from '../../../group/storage/parts.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { eventPrefix } from './events.ts';
import type { Group } from './group.ts';

/** Seconds between two looks at what a group may forget. */
const forgetEvery = 3_600;
/** Entries whose events are kept, the newest. */
export const mostEventRows = 1_000;
/** Rows that go in one transaction. */
const atOnce = 1_000;

/**
 * Deletes what a group has no more use for, once an hour at most: heads and authenticators older than 31 days (groups page, section 5,
 * *Forks*), and the events of all but the newest entries. The newest head and authenticator stay: a member is read with them.
 */
export class Forgetting {
  readonly #rows: Pick<GroupRows, 'all'>;
  readonly #group: Pick<Group, 'groupId' | 'turns' | 'keep'>;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(rows: Pick<GroupRows, 'all'>, group: Pick<Group, 'groupId' | 'turns' | 'keep'>) {
    this.#rows = rows;
    this.#group = group;
  }

  /** Looks, unless it did within the hour; `now` in Unix seconds. Rejects with `storage_failed`, and then nothing more is deleted. */
  async look(now: number): Promise<void> {
    if (now >= this.#lookedAt && now - this.#lookedAt < forgetEvery) return;
    this.#lookedAt = now;
    const over = [...(await this.#heads(now)), ...(await this.#authenticators(now)), ...(await this.#events())];
    const { groupId: group, turns } = this.#group;
    for (let from = 0; from < over.length; from += atOnce) {
      const drop = over.slice(from, from + atOnce).map((part) => ({ group, part }));
      await turns.take(() => this.#group.keep({ change: { put: [], drop } }));
    }
  }

  async #heads(now: number): Promise<readonly string[]> {
    const over: string[] = [];
    let last: string | undefined;
    for await (const { part, bytes } of this.#rows.all(this.#group.groupId, parts.head)) {
      if (last !== undefined) over.push(last);
      last = bytes.length === 0 || isForgotten(decodeHead(bytes), now) ? part : undefined;
      if (last === undefined) break;
    }
    // What is in `last` now is the newest head of all: the member stands behind it.
    return over;
  }

  /** An authenticator counts from its entry up to the next one's: it goes once that is too old as well. */
  async #authenticators(now: number): Promise<readonly string[]> {
    const over: string[] = [];
    let last: string | undefined;
    for await (const { part, bytes } of this.#rows.all(this.#group.groupId, parts.authenticator)) {
      if (bytes.length > 0 && !isForgotten(decodeAuthenticator(bytes), now)) break;
      if (last !== undefined) over.push(last);
      last = part;
    }
    return over;
  }

  async #events(): Promise<readonly string[]> {
    const all: string[] = [];
    for await (const { part } of this.#rows.all(this.#group.groupId, eventPrefix)) all.push(part);
    return all.slice(0, -mostEventRows);
  }
}
