import * as v from 'valibot';
import type { Bytes } from '../../../protocol/bytes.ts';
import { asParleyError } from '../../../protocol/errors.ts';
import type { Scheduler } from '../../contracts/ports.ts';
import type { PairwiseMethods } from '../members/pairwise.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { decodeJsonRow, encodeJsonRow } from '../rows/json-row.ts';
import { agentId, groupId, instant } from '../rows/row-values.ts';

/** Declines that wait for their inviters; the oldest goes. */
const most = 32;
/** Milliseconds before an inviter is told again, doubled up to the longest, and for which that goes on. */
const [firstWaitMs, longestWaitMs, forMs] = [60_000, 3_600_000, 7 * 86_400_000];
const prefix = 'decline/';

/** A decline that its inviter has not heard. `until` is in milliseconds since 1970. */
export interface DeclineRecord {
  readonly groupId: string;
  readonly inviter: string;
  readonly until: number;
}

const schema = v.strictObject({
  version: v.literal(1),
  groupId,
  inviter: agentId,
  until: instant,
});

/** What inviters are told with. */
export interface DeclinesDeps {
  readonly rows: Pick<GroupRows, 'all' | 'write'>;
  readonly methods: Pick<PairwiseMethods, 'groupDecline'>;
  readonly scheduler: Scheduler;
  /** Milliseconds since 1970. */
  now(): number;
}

interface Telling {
  readonly record: DeclineRecord;
  waitMs: number;
  timer: { cancel(): void } | undefined;
}

/** Tells inviters who does not want to come (groups page, section 5, *Consent*): again while they are away, for a week, also after a restart. */
export class Declines {
  readonly #deps: DeclinesDeps;
  readonly #all = new Map<string, Telling>();
  #isStopped = false;

  constructor(deps: DeclinesDeps) {
    this.#deps = deps;
  }

  /** Takes up what is stored. What cannot be read, or is over, is dropped. */
  async load(): Promise<void> {
    const gone: string[] = [];
    for await (const { part, bytes } of this.#deps.rows.all('', prefix)) {
      try {
        const record = decodeDecline(bytes);
        const isHere = part === rowOf(record.groupId).part && record.until <= this.#deps.now() + forMs;
        if (isHere && this.#deps.now() < record.until) this.#all.set(record.groupId, begun(record));
        else gone.push(part);
      } catch (cause) {
        asParleyError(cause);
        gone.push(part);
      }
    }
    if (gone.length > 0) {
      await this.#deps.rows.write({ put: [], drop: gone.map((part) => ({ group: '', part })) });
    }
  }

  /** Begins to tell what was taken up. */
  start(): void {
    for (const telling of this.#all.values()) void this.#tell(telling);
  }

  stop(): void {
    this.#isStopped = true;
    for (const { timer } of this.#all.values()) timer?.cancel();
  }

  /** Stores a decline and begins to tell it. Rejects with `storage_failed` and `storage_full`. */
  async add(groupId: string, inviter: string): Promise<void> {
    const record = { groupId, inviter, until: this.#deps.now() + forMs };
    const [oldest] = this.#all.size < most || this.#all.has(groupId) ? [] : this.#all.keys();
    await this.#deps.rows.write({
      put: [{ ...rowOf(groupId), bytes: encodeDecline(record) }],
      drop: oldest === undefined ? [] : [rowOf(oldest)],
    });
    for (const gone of [oldest, groupId]) if (gone !== undefined) this.#forget(gone);
    const telling = begun(record);
    this.#all.set(groupId, telling);
    void this.#tell(telling);
  }

  /** Tells it no more: the inviter has heard it, or has invited again. Rejects with `storage_failed`. */
  async end(groupId: string): Promise<void> {
    if (!this.#forget(groupId)) return;
    await this.#deps.rows.write({ put: [], drop: [rowOf(groupId)] });
  }

  #forget(groupId: string): boolean {
    this.#all.get(groupId)?.timer?.cancel();
    return this.#all.delete(groupId);
  }

  async #tell(telling: Telling): Promise<void> {
    const { record } = telling;
    const isOver = () => this.#isStopped || this.#all.get(record.groupId) !== telling;
    try {
      await this.#deps.methods.groupDecline(record.inviter, record.groupId);
      if (!isOver()) await this.end(record.groupId);
    } catch (cause) {
      // The inviter that does not know the group, or this agent in it, has nobody to remove.
      const isNews = asParleyError(cause).code !== 'unknown_group' && this.#deps.now() < record.until;
      if (isOver()) return;
      if (isNews) this.#later(telling);
      else await this.end(record.groupId).catch((failed: unknown) => void asParleyError(failed));
    }
  }

  #later(telling: Telling): void {
    telling.timer = this.#deps.scheduler.after(telling.waitMs, () => void this.#tell(telling));
    telling.waitMs = Math.min(2 * telling.waitMs, longestWaitMs);
  }
}

/** Returns the bytes of a record. */
export function encodeDecline(record: DeclineRecord): Bytes {
  return encodeJsonRow(1, record);
}

/** Reads what `encodeDecline` made. Throws `storage_failed` for anything else. */
export function decodeDecline(bytes: Bytes): DeclineRecord {
  const { groupId, inviter, until } = decodeJsonRow(schema, bytes, 'A stored decline of an invitation cannot be read.');
  return { groupId, inviter, until };
}

function begun(record: DeclineRecord): Telling {
  return { record, waitMs: firstWaitMs, timer: undefined };
}

function rowOf(groupId: string) {
  return { group: '', part: `${prefix}${groupId}` };
}
