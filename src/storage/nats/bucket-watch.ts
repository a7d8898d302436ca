import {
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  type PushConsumer,
  type StreamInfo,
} from '@nats-io/jetstream';
import { Kvm, type KvOptions } from '@nats-io/kv';
import { ParleyError } from '../../protocol/errors.ts';
import { bucketInfo, newestRevision } from './bucket-info.ts';
import { type NatsLink, unreachable } from './link.ts';
import { patienceMs, RevisionWaiters } from './revision-waiters.ts';

/** Milliseconds that the first load may take, with every interruption. */
const openMs = 30_000;
/** Milliseconds between tries to load again. */
const againMs = 500;
/** Marks that a load writes at most. */
const mostMarks = 20;
/** The key of the marks that say how far a load has come; what they hold is never read. */
const markKey = 'sync';

/** A message of a bucket, in the order of NATS. */
interface Heard {
  readonly key: string;
  readonly revision: number;
  /** Undefined for a deletion. */
  readonly text: string | undefined;
}

/** What a watch tells. */
export interface WatchListener {
  heard(message: Heard): void;
  /** Everything up to now has been heard: at first, and again after every outage. */
  whole?(): void;
  failed(error: unknown): void;
}

/** The newest revisions, of the bucket and of the key, that a message builds on: it is refused when there are newer ones. */
export interface Expected {
  readonly lastSequence?: number;
  readonly lastSubjectSequence?: number;
}

type Messages = Awaited<ReturnType<PushConsumer['consume']>>;

interface Deps {
  readonly link: NatsLink;
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly bucket: string;
  readonly listener: WatchListener;
}

/**
 * Hears every change of a bucket by one standing consumer, in order. Where a load ends is no guess: a mark is written, and once
 * it comes and nothing waits behind it, everything before it has been heard. (NATS keeps the newest message of a key alone: what
 * is changed before this consumer's turn comes is heard behind the mark.) Whenever NATS was away, what was missed is loaded before
 * the watch is whole again.
 */
export class BucketWatch {
  readonly #deps: Deps;
  readonly #unsubscribe: () => void;
  readonly #waiters = new RevisionWaiters();
  #created = '';
  #revision = 0;
  /** How many messages waited at NATS for this consumer when it sent the newest one. */
  #pending = 0;
  #markedAt = 0;
  /** Grows with every load: what an earlier one still hears is not counted. */
  #load = 0;
  #messages: Messages | undefined;
  #isWhole = false;
  #trouble: ParleyError | undefined;
  #loading: Promise<void> = Promise.resolve();
  #isLoading = false;
  #isClosed = false;

  private constructor(deps: Deps) {
    this.#deps = deps;
    this.#unsubscribe = deps.link.subscribe({
      lost: () => this.#lose(unreachable()),
      back: () => this.#loadAgain(),
    });
  }

  /** Opens a bucket, made when there is none, and hears everything in it. Rejects with what NATS throws. */
  static async open(
    link: NatsLink,
    bucket: string,
    options: Partial<KvOptions>,
    listener: WatchListener,
  ): Promise<BucketWatch> {
    const js = jetstream(link.connection);
    await new Kvm(js).create(bucket, options);
    const watch = new BucketWatch({ link, js, manager: await js.jetstreamManager(), bucket, listener });
    watch.#loadAgain();
    const end = Date.now() + openMs;
    for (;;) {
      try {
        await watch.whole();
        return watch;
      } catch (error) {
        // A NATS server that cuts off who reads too slowly is read from again, from where it was.
        if (Date.now() < end && watch.trouble === undefined) await pause();
        else {
          watch.close();
          throw error;
        }
      }
    }
  }

  /** Returns the revision of the newest message that was received. */
  get revision(): number {
    return this.#revision;
  }

  /** Returns when NATS made the bucket: another time means other data. */
  get created(): string {
    return this.#created;
  }

  /** Returns the trouble that no reconnect mends: NATS has lost the data, or has other data. */
  get trouble(): ParleyError | undefined {
    return this.#trouble;
  }

  /** Resolves when everything up to now has been heard. Rejects with `unavailable` or `storage_failed` when that is not certain. */
  async whole(): Promise<void> {
    if (this.#trouble !== undefined) throw this.#trouble;
    if (this.#isWhole) return;
    if (!this.#deps.link.isUp || this.#isClosed) throw unreachable();
    const loading = this.#loading;
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, patienceMs);
      void loading.finally(() => {
        clearTimeout(timeout);
        resolve();
      });
    });
    if (!this.#isWhole) throw this.#trouble ?? unreachable();
  }

  /** Resolves once the message of a revision, or a later one, was heard. Rejects with `unavailable` or `storage_failed`. */
  reached(revision: number): Promise<void> {
    return revision <= this.#revision ? Promise.resolve() : this.#waiters.wait(revision);
  }

  /** Hears everything that NATS has by now, whoever wrote it. Rejects with `unavailable` or `storage_failed`. */
  async catchUp(): Promise<void> {
    await this.put(markKey, '', {});
  }

  /** Hears the newest message of a key, whoever wrote it, and writes nothing. Rejects with `unavailable` or `storage_failed`. */
  async catchUpWith(key: string): Promise<void> {
    const { link, manager, bucket } = this.#deps;
    await this.reached(await link.whileUp(() => newestRevision(manager, bucket, key)));
  }

  /** Returns NATS's clock (milliseconds since 1970) at a moment of this call. Rejects with `unavailable` or `storage_failed`. */
  async time(): Promise<number> {
    await this.catchUp();
    return this.#markedAt;
  }

  /** Publishes a text under a key, and hears it. The revision that NATS gave it. `last`: the revisions that it builds on. */
  async put(key: string, text: string, last: Expected): Promise<number> {
    const { link, js, bucket } = this.#deps;
    const ack = await link.whileUp(() =>
      js.publish(`$KV.${bucket}.${key}`, text, { timeout: patienceMs, expect: { ...last } }),
    );
    await this.reached(ack.seq);
    return ack.seq;
  }

  /** Finds out whether NATS still has the data that were heard, by asking it. */
  async check(): Promise<void> {
    const { link, manager, bucket } = this.#deps;
    this.#compare(await link.whileUp(() => bucketInfo(manager, bucket)));
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#lose(unreachable());
  }

  /** Loads, unless a load is under way: that one begins anew when it fails. */
  #loadAgain(): void {
    if (!this.#isLoading) this.#loading = this.#loadUntilWhole();
  }

  async #loadUntilWhole(): Promise<void> {
    const { link, listener } = this.#deps;
    this.#isLoading = true;
    try {
      while (link.isUp && !this.#isClosed && this.#trouble === undefined) {
        try {
          await this.#loadOnce();
          return;
        } catch (error) {
          listener.failed(error);
          await pause();
        }
      }
    } finally {
      this.#isLoading = false;
    }
  }

  async #loadOnce(): Promise<void> {
    const { link, js, manager, bucket, listener } = this.#deps;
    this.#lose(unreachable());
    const load = this.#load;
    const info = await link.whileUp(() => bucketInfo(manager, bucket));
    if (this.#created === '' && info !== undefined) this.#created = info.created;
    this.#compare(info);
    const consumer = await link.whileUp(() =>
      js.consumers.getPushConsumer(`KV_${bucket}`, {
        filter_subjects: `$KV.${bucket}.>`,
        opt_start_seq: this.#revision + 1,
      }),
    );
    const messages = await link.whileUp(async () => {
      const begun = await consumer.consume({ callback: (message) => this.#hear(load, message) });
      if (load !== this.#load) begun.stop();
      return begun;
    });
    if (load !== this.#load) throw unreachable();
    this.#messages = messages;
    void messages.closed().then(() => {
      if (load !== this.#load) return;
      this.#lose(unreachable());
      this.#loadAgain();
    });
    let marks = 0;
    do await this.catchUp();
    while (this.#pending > 0 && ++marks < mostMarks);
    if (load !== this.#load) throw unreachable();
    this.#isWhole = true;
    listener.whole?.();
  }

  #compare(info: StreamInfo | undefined): void {
    if (info?.created === this.#created && info.state.last_seq >= this.#revision) return;
    this.#trouble = new ParleyError(
      'storage_failed',
      info === undefined
        ? 'NATS has lost the records of this group. Restore its JetStream data, then restart the servers.'
        : 'NATS has other or older records than before. Restore its JetStream data, then restart the servers.',
    );
    this.#lose(this.#trouble);
    throw this.#trouble;
  }

  #hear(load: number, message: JsMsg): void {
    const { bucket, listener } = this.#deps;
    const revision = message.info.streamSequence;
    if (load !== this.#load || revision <= this.#revision) return;
    const key = message.subject.slice(`$KV.${bucket}.`.length);
    const isPut = (message.headers?.get('KV-Operation') ?? '') === '';
    if (key === markKey) this.#markedAt = message.time.getTime();
    try {
      if (key !== markKey) listener.heard({ key, revision, text: isPut ? message.string() : undefined });
    } catch (error) {
      listener.failed(error);
    }
    this.#revision = revision;
    this.#pending = message.info.pending;
    this.#waiters.reached(revision);
  }

  #lose(why: ParleyError): void {
    this.#load += 1;
    this.#isWhole = false;
    this.#messages?.stop();
    this.#messages = undefined;
    this.#waiters.fail(why);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, againMs));
}
