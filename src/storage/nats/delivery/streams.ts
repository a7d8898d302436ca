import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  RetentionPolicy,
  StorageType,
  type StoredMsg,
} from '@nats-io/jetstream';
import type { Bytes } from '../../../protocol/bytes.ts';
import { isOutrun } from '../change.ts';
import type { NatsLink } from '../link.ts';

/** JetStream's code for a message that does not exist (JSNoMessageFoundErr). */
const noMessageFound = 10_037;
/** Bytes of headers that a message of NATS may have beside its payload. */
const headerRoom = 8 * 1024;
/** Bytes that one message carries of a larger whole, where NATS takes as many. */
const mostOfPart = 512 * 1024;

/** A message as it stands in a stream. */
export interface Stored {
  readonly seq: number;
  readonly subject: string;
  readonly data: Bytes;
  /** Milliseconds since 1970, by NATS's clock. */
  readonly time: number;
}

/** The streams of the delivery service at NATS: `log`, one subject a group; `inboxes`, one an agent; `blobs`, one a part. */
export class DeliveryStreams {
  readonly link: NatsLink;
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #prefix: string;

  private constructor(link: NatsLink, js: JetStreamClient, manager: JetStreamManager, prefix: string) {
    this.link = link;
    this.#js = js;
    this.#manager = manager;
    this.#prefix = prefix;
  }

  /** Opens the streams, and makes those that are missing. Rejects with what NATS throws. */
  static async open(link: NatsLink, prefix: string): Promise<DeliveryStreams> {
    const js = jetstream(link.connection);
    const manager = await link.whileUp(() => js.jetstreamManager());
    const streams = new DeliveryStreams(link, js, manager, prefix);
    for (const [kind, rest] of [
      ['log', '*'],
      ['inboxes', '*'],
      ['blobs', '>'],
    ] as const) {
      await link.whileUp(() =>
        manager.streams.add({
          name: streams.#name(kind),
          subjects: [streams.subject(kind, rest)],
          retention: RetentionPolicy.Limits,
          storage: StorageType.File,
          // A stream that is full takes nothing more, and loses nothing.
          discard: DiscardPolicy.New,
          allow_direct: false,
        }),
      );
    }
    return streams;
  }

  get partBytes(): number {
    return Math.min(mostOfPart, (this.link.connection.info?.max_payload ?? mostOfPart) - headerRoom);
  }

  subject(kind: StreamKind, rest: string): string {
    return `${this.#prefix}.delivery.${kind}.${rest}`;
  }

  /** Returns the newest message of a subject. */
  last(kind: StreamKind, rest: string): Promise<Stored | undefined> {
    return this.#get(kind, { last_by_subj: this.subject(kind, rest) });
  }

  /** Returns the first message of a subject from a sequence on. */
  next(kind: StreamKind, rest: string, seq: number): Promise<Stored | undefined> {
    const query = { seq, next_by_subj: this.subject(kind, rest) };
    return this.#get(kind, query);
  }

  /** Publishes, unless the newest message of the subject is another than `expected` (0 for none). The sequence, or undefined. */
  async publish(
    kind: StreamKind,
    rest: string,
    data: Uint8Array | string,
    expected?: number,
  ): Promise<number | undefined> {
    const expect = expected === undefined ? {} : { expect: { lastSubjectSequence: expected } };
    try {
      const { seq } = await this.link.whileUp(() => this.#js.publish(this.subject(kind, rest), data, expect));
      return seq;
    } catch (error) {
      if (isOutrun(error)) return undefined;
      throw error;
    }
  }

  /** Drops the messages of a subject, those before `seq` alone where it is given. */
  async purge(kind: StreamKind, rest: string, seq?: number): Promise<void> {
    // For NATS, before the first message means all.
    if (seq !== undefined && seq <= 1) return;
    const filter = this.subject(kind, rest);
    const which = seq === undefined ? { filter } : { filter, seq };
    await this.link.whileUp(() => this.#manager.streams.purge(this.#name(kind), which));
  }

  /** Returns what stands for the last part of each subject of a stream that has messages. */
  async names(kind: StreamKind): Promise<string[]> {
    const start = this.subject(kind, '');
    const { state } = await this.link.whileUp(() =>
      this.#manager.streams.info(this.#name(kind), { subjects_filter: `${start}>` }),
    );
    return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(start.length));
  }

  async #get(kind: StreamKind, query: { seq: number } | { last_by_subj: string }): Promise<Stored | undefined> {
    try {
      const found = await this.link.whileUp(() => this.#manager.streams.getMessage(this.#name(kind), query));
      return found === null ? undefined : toStored(found);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === noMessageFound) return undefined;
      throw error;
    }
  }

  #name(kind: StreamKind): string {
    return `${this.#prefix}_delivery_${kind}`;
  }
}

/** A stream of the delivery service. */
export type StreamKind = 'log' | 'inboxes' | 'blobs';

function toStored({ seq, subject, data, timestamp }: StoredMsg): Stored {
  return { seq, subject, data: new Uint8Array(data), time: Date.parse(timestamp) };
}
