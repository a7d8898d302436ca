import { ParleyError } from '../../protocol/errors.ts';
import { BucketWatch, type Expected } from './bucket-watch.ts';
import { isOutrun, newestOf } from './change.ts';
import { type NatsLink, unreachable } from './link.ts';
import type { Seal } from './seal.ts';

/** How often a change is tried while others are faster. */
const mostTries = 100;
/** Milliseconds a message that is known to exist may take to be heard. */
const hearMs = 1_000;
/** Milliseconds before a record that was overwritten is put back, and at most. */
const firstRepairMs = 100;
const longestRepairMs = 30_000;

/** A record that a server of the group wrote. */
export interface KeptRecord {
  readonly revision: number;
  readonly text: string;
}

/** What happens to records. */
export interface RecordsListener {
  changed(key: string, record: KeptRecord): void;
  /** Somebody without the group's key has written or deleted a record. */
  forged(key: string): void;
  whole(): void;
  failed(error: unknown): void;
}

/**
 * The records of a bucket, all in memory, each authenticated together with its key and its revision. A record holds at the one
 * revision that it was written for: NATS numbers the messages of a bucket, and a change is refused unless it gets the number
 * that it names. So nobody without the group's key can make a record, move it, or bring an older one back. What they write
 * is skipped, and put right by whoever has the record.
 */
export class SealedRecords {
  readonly #bucket: string;
  readonly #seal: Seal;
  readonly #listener: RecordsListener;
  readonly #records = new Map<string, KeptRecord>();
  /** What stands at NATS in place of a record, unless it is one. Undefined: a deletion. */
  readonly #foreign = new Map<string, string | undefined>();
  readonly #repairs = new Map<string, NodeJS.Timeout>();
  #repairMs = firstRepairMs;
  #watch: BucketWatch | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(bucket: string, seal: Seal, listener: RecordsListener) {
    this.#bucket = bucket;
    this.#seal = seal;
    this.#listener = listener;
  }

  /** Opens a bucket and reads all of it. Rejects with what NATS throws. */
  static async open(link: NatsLink, bucket: string, seal: Seal, listener: RecordsListener): Promise<SealedRecords> {
    const records = new SealedRecords(bucket, seal, listener);
    records.#watch = await BucketWatch.open(
      link,
      bucket,
      { history: 1, allow_direct: false },
      {
        heard: ({ key, revision, text }) => records.#hear(key, revision, text),
        whole: () => listener.whole(),
        failed: (error) => listener.failed(error),
      },
    );
    return records;
  }

  get watch(): BucketWatch {
    if (this.#watch === undefined) throw unreachable();
    return this.#watch;
  }

  /**
   * Returns the records in the bucket that are not this group's: an earlier version of Parley wrote them, or a
   * forger.
   */
  get foreign(): ReadonlyMap<string, string | undefined> {
    return this.#foreign;
  }

  /**
   * Returns every record, when they are certainly complete. Rejects with `unavailable` or `storage_failed` otherwise.
   */
  async all(): Promise<ReadonlyMap<string, KeptRecord>> {
    await this.watch.whole();
    return this.#records;
  }

  /**
   * Returns the record of a key; undefined when there is none. Rejects with `storage_failed` when it was forged, or
   * NATS is away.
   */
  async get(key: string): Promise<KeptRecord | undefined> {
    await this.watch.whole();
    return this.#kept(key);
  }

  /** Returns the record of a key; undefined when there is none, also where a foreign value is in its place. */
  async ifAny(key: string): Promise<KeptRecord | undefined> {
    await this.watch.whole();
    return this.#records.get(key);
  }

  /**
   * Works as `change`, but a forged record counts as nothing and is overwritten: for records that can be made again.
   */
  renew(key: string, change: (text: string | undefined) => string | undefined): Promise<number | undefined> {
    return this.#inTurn(() => this.#change(key, () => change(this.#records.get(key)?.text)));
  }

  /**
   * Replaces what a key holds by what `change` makes of it, again for as long as somebody else is faster. Nothing is written
   * when `change` throws, or gives undefined. The record's revision afterwards.
   */
  change(key: string, change: (text: string | undefined) => string | undefined): Promise<number | undefined> {
    return this.#inTurn(() => this.#change(key, () => change(this.#kept(key)?.text)));
  }

  close(): void {
    for (const timeout of this.#repairs.values()) clearTimeout(timeout);
    this.#repairs.clear();
    this.#watch?.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #kept(key: string): KeptRecord | undefined {
    const record = this.#records.get(key);
    if (record === undefined && this.#foreign.has(key)) {
      throw new ParleyError(
        'storage_failed',
        'This record was overwritten or deleted at NATS by something other than a server of this group. Restore it from a backup.',
      );
    }
    return record;
  }

  async #change(key: string, make: () => string | undefined): Promise<number | undefined> {
    const { watch } = this;
    for (let tries = 0; tries < mostTries; tries += 1) {
      await watch.whole();
      const base = watch.revision;
      const made = make();
      if (made === undefined) return this.#records.get(key)?.revision;
      const sealed = this.#seal.close([this.#bucket, key, base + 1], made);
      const { revision } = await putUnlessOutrun(watch, key, sealed, { lastSequence: base });
      if (revision !== undefined && this.#records.get(key)?.revision === revision) return revision;
    }
    throw unreachable();
  }

  #hear(key: string, revision: number, text: string | undefined): void {
    const opened = text === undefined ? undefined : this.#seal.open([this.#bucket, key, revision], text);
    if (opened === undefined) {
      this.#foreign.set(key, text);
      this.#listener.forged(key);
      this.#repairLater(key);
      return;
    }
    this.#foreign.delete(key);
    const record = { revision, text: opened };
    this.#records.set(key, record);
    this.#listener.changed(key, record);
  }

  /** Puts back a record that this server still has. Whoever overwrites it again and again waits longer and longer. */
  #repairLater(key: string): void {
    if (!this.#records.has(key) || this.#repairs.has(key)) return;
    const wait = this.#repairMs * (0.5 + Math.random());
    this.#repairMs = Math.min(longestRepairMs, this.#repairMs * 2);
    const timeout = setTimeout(() => {
      this.#repairs.delete(key);
      if (!this.#foreign.has(key)) return;
      this.renew(key, (text) => (this.#foreign.has(key) ? text : undefined)).catch(this.#listener.failed);
    }, wait);
    this.#repairs.set(key, timeout.unref());
  }
}

/** What came of a message: the revision that it got, or the newest one (0 for none), because others were faster. */
export interface Put {
  readonly revision?: number;
  readonly newest?: number;
}

/** Puts a text. When somebody else was faster, what they put has been heard when this resolves. */
export async function putUnlessOutrun(watch: BucketWatch, key: string, text: string, last: Expected): Promise<Put> {
  try {
    return { revision: await watch.put(key, text, last) };
  } catch (error) {
    if (!isOutrun(error)) throw error;
    const newest = newestOf(error) ?? 0;
    if (newest > watch.revision) await heardWithin(watch, newest);
    // The newest message may have been deleted before it was heard, or the error named none: a mark is heard for certain.
    if (newest === 0 || watch.revision < newest) await watch.catchUp();
    return { newest };
  }
}

async function heardWithin(watch: BucketWatch, revision: number): Promise<void> {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timeout = setTimeout(resolve, hearMs);
  });
  await Promise.race([watch.reached(revision).catch(() => undefined), late]);
  clearTimeout(timeout);
}
