import type { Environment } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { HistoryStore, Retention, StoredUsage } from '../contracts/history-store.ts';
import type { HistoryUsageView } from '../contracts/history-views.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { History } from './history.ts';
import type { KeptRecordings } from './kept-recordings.ts';

/** Milliseconds between looks for what has grown too old. */
const lookEveryMs = 3_600_000;
/** Milliseconds by which a conversation that grows may be ahead of its limit: one deletion costs as much as many. */
const afterGrowthMs = 10_000;
const dayMs = 86_400_000;
/** Sizes of records looked at together. */
const lookedAtOnce = 500;

/** What retention works with. */
export interface RetentionDeps {
  readonly store: HistoryStore;
  readonly history: History;
  readonly recordings: Pick<KeptRecordings, 'drop'>;
  readonly scheduler: Scheduler;
  readonly environment: Pick<Environment, 'now'>;
}

/** Keeps each conversation within the time or the size that the person has set for it. */
export class RetentionKeeper {
  readonly #deps: RetentionDeps;
  readonly #limited = new Set<string>();
  #hourly: { cancel(): void } | undefined;
  #soon: { cancel(): void } | undefined;
  #unfollow = () => {};

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  /** Deletes what is over its limit, now and from time to time until `stop`. What fails is tried again in an hour. */
  async start(): Promise<void> {
    const tick = () => {
      this.#hourly = this.#deps.scheduler.after(lookEveryMs, tick);
      void this.enforce().catch(() => undefined);
      void this.#deps.history.dropOldBytes(this.#deps.environment.now());
    };
    this.#hourly = this.#deps.scheduler.after(lookEveryMs, tick);
    this.#unfollow = this.#deps.history.follow(({ peerId }) => this.#grown(peerId));
    await this.enforce().catch(() => undefined);
  }

  stop(): void {
    this.#hourly?.cancel();
    this.#soon?.cancel();
    this.#unfollow();
  }

  /** Returns how much is stored of every peer with a conversation. */
  async usages(): Promise<readonly HistoryUsageView[]> {
    const usages = await this.#deps.store.usages();
    return usages.filter(({ exchanges }) => exchanges > 0).map(viewOf);
  }

  /**
   * Sets how long the conversation with a peer is stored from now on; what is past the limit is deleted at once.
   * Rejects with `invalid_input` for an invalid limit.
   */
  async set(peerId: string, retention: Retention): Promise<HistoryUsageView> {
    requireLimit(retention);
    await this.#deps.store.saveRetention(peerId, retention);
    this.#deps.history.limitChanged(peerId);
    await this.enforce(peerId);
    const usage = (await this.#deps.store.usages()).find((one) => one.peerId === peerId);
    return usage === undefined ? { peerId, exchanges: 0, bytes: 0, retention } : viewOf(usage);
  }

  /**
   * Returns how many exchanges with a peer this limit would delete at once. Rejects with `invalid_input` for an
   * invalid limit.
   */
  async wouldDelete(peerId: string, retention: Retention): Promise<number> {
    requireLimit(retention);
    const usage = (await this.#deps.store.usages()).find((one) => one.peerId === peerId);
    return usage === undefined ? 0 : (await this.#over({ ...usage, retention })).count;
  }

  /** Deletes what is over its limit now, of one peer or all. */
  async enforce(peerId?: string): Promise<void> {
    for (const usage of await this.#deps.store.usages()) {
      if (usage.retention.keep === 'all') this.#limited.delete(usage.peerId);
      else this.#limited.add(usage.peerId);
      if (peerId === undefined || peerId === usage.peerId) await this.#enforce(usage);
    }
  }

  async #enforce(usage: StoredUsage): Promise<void> {
    const { peerId, retention } = usage;
    if (retention.keep === 'days') {
      const oldest = this.#deps.environment.now() - retention.days * dayMs;
      await this.#deps.recordings.drop((one) => one.peerId === peerId && one.at < oldest);
    }
    const { upTo, count } = await this.#over(usage);
    if (count === 0) return;
    await this.#deps.history.delete({ peerId: usage.peerId, which: { upTo }, reason: 'retention' });
  }

  /**
   * Returns the sequence up to which a conversation is over its limit, and how many exchanges that are; 0 when it is
   * not.
   */
  async #over({
    peerId,
    retention,
    bytes,
    oldestAt,
  }: StoredUsage): Promise<{ readonly upTo: number; readonly count: number }> {
    const over = { upTo: 0, count: 0 };
    if (retention.keep === 'all' || oldestAt === undefined) return over;
    const { store, environment } = this.#deps;
    let excess = retention.keep === 'bytes' ? bytes - retention.bytes : 0;
    const oldest = retention.keep === 'days' ? environment.now() - retention.days * dayMs : 0;
    for (;;) {
      const sizes = await store.sizesAfter(peerId, over.upTo, lookedAtOnce);
      for (const { sequence, at, bytes } of sizes) {
        if (retention.keep === 'days' ? at >= oldest : excess <= 0) return over;
        excess -= bytes;
        over.upTo = sequence;
        over.count += 1;
      }
      if (sizes.length === 0) return over;
    }
  }

  #grown(peerId: string): void {
    if (!this.#limited.has(peerId)) return;
    this.#soon ??= this.#deps.scheduler.after(afterGrowthMs, () => {
      this.#soon = undefined;
      void this.enforce().catch(() => undefined);
    });
  }
}

function requireLimit(retention: Retention): void {
  const limit = 'days' in retention ? retention.days : 'bytes' in retention ? retention.bytes : 1;
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new ParleyError('invalid_input', 'A limit is a whole number of days or bytes, 1 or more. Nothing was changed.');
}

function viewOf({ lastSequence: _, ...view }: StoredUsage): HistoryUsageView {
  return view;
}
