import { ParleyError } from '../../../protocol/errors.ts';
import type { Seal } from '../seal.ts';
import type { DeliveryStreams, StreamKind } from './streams.ts';

/** Places of messages that are remembered of one subject, and subjects of which some are. */
const mostPlaces = 1_024;
const mostSubjects = 2_000;

/** What a log holds at an index. */
export interface Numbered<T> {
  readonly seq: number;
  readonly index: number;
  readonly value: T;
  /** Milliseconds since 1970, by NATS's clock. */
  readonly time: number;
}

/** How the values of a log are written. */
export interface NumberedCodec<T> {
  readonly kind: StreamKind;
  encode(value: T): string;
  decode(text: string): T;
}

interface Place {
  readonly index: number;
  readonly seq: number;
}

/**
 * Logs in one stream, a subject each, whose messages are numbered from 0 without gaps. NATS numbers the messages of all of them together,
 * so an index is looked for between two that are known. Each message is authenticated together with its subject and index.
 */
export class NumberedLogs<T> {
  readonly #streams: DeliveryStreams;
  readonly #seal: Seal;
  readonly #codec: NumberedCodec<T>;
  readonly #places = new Map<string, Map<number, number>>();

  constructor(streams: DeliveryStreams, seal: Seal, codec: NumberedCodec<T>) {
    this.#streams = streams;
    this.#seal = seal;
    this.#codec = codec;
  }

  /** Returns the newest message of a log. */
  async last(name: string): Promise<Numbered<T> | undefined> {
    return this.#read(name, await this.#streams.last(this.#codec.kind, name));
  }

  /**
   * Appends a value at an index, unless the newest message is another than `before` (undefined: there is none). The new message, or undefined.
   */
  async append(name: string, index: number, value: T, before: Numbered<T> | undefined): Promise<Place | undefined> {
    const sealed = this.#seal.close([this.#codec.kind, name, index], this.#codec.encode(value));
    const seq = await this.#streams.publish(this.#codec.kind, name, `${index} ${sealed}`, before?.seq ?? 0);
    if (seq === undefined) return undefined;
    this.#remember(name, { index, seq });
    return { index, seq };
  }

  /** Returns the message of an index; undefined when it is gone or not there yet. */
  async find(name: string, index: number): Promise<Numbered<T> | undefined> {
    const found = await this.from(name, index);
    return found?.index === index ? found : undefined;
  }

  /** Returns the first message whose index is `index` or more. */
  async from(name: string, index: number): Promise<Numbered<T> | undefined> {
    const known = this.#places.get(name)?.get(index);
    if (known !== undefined) {
      const there = await this.#next(name, known);
      if (there?.index === index) return there;
    }
    const last = await this.last(name);
    if (last === undefined || last.index <= index) return last?.index === index ? last : undefined;
    const first = await this.#next(name, 1);
    if (first === undefined || first.index >= index) return first;
    return this.#between(name, index, first, last);
  }

  /** Returns the message that follows. */
  after(name: string, { seq }: Place): Promise<Numbered<T> | undefined> {
    return this.#next(name, seq + 1);
  }

  /** Drops all messages below an index, but never the newest: it holds what the log has come to. */
  async dropBelow(name: string, index: number): Promise<void> {
    const first = await this.from(name, index);
    const until = first ?? (await this.last(name));
    if (until !== undefined) await this.#streams.purge(this.#codec.kind, name, until.seq);
  }

  /** Returns the names of all logs. */
  names(): Promise<string[]> {
    return this.#streams.names(this.#codec.kind);
  }

  /** `low` is before the index, `high` at or after it: guesses by proportion, and every second time halves. */
  async #between(name: string, index: number, first: Place, last: Numbered<T>): Promise<Numbered<T> | undefined> {
    let low = this.#nearest(name, index, first);
    let [high, highSeq] = [last, last.seq];
    for (let round = 0; highSeq - low.seq > 1; round += 1) {
      const share = round % 2 === 0 ? (index - low.index) / (high.index - low.index) : 0.5;
      const guess = Math.min(highSeq - 1, Math.max(low.seq + 1, low.seq + Math.floor((highSeq - low.seq) * share)));
      const found = await this.#next(name, guess);
      if (found === undefined) return undefined;
      if (found.index === index) return found;
      if (found.index < index) low = found;
      else [high, highSeq] = [found, guess];
    }
    return high;
  }

  /** Returns the known place that is nearest below an index. */
  #nearest(name: string, index: number, first: Place): Place {
    let nearest = first;
    for (const [known, seq] of this.#places.get(name) ?? []) {
      if (known < index && known > nearest.index) nearest = { index: known, seq };
    }
    return nearest;
  }

  async #next(name: string, seq: number): Promise<Numbered<T> | undefined> {
    return this.#read(name, await this.#streams.next(this.#codec.kind, name, seq));
  }

  #read(name: string, stored: Awaited<ReturnType<DeliveryStreams['last']>>): Numbered<T> | undefined {
    if (stored === undefined) return undefined;
    const text = new TextDecoder().decode(stored.data);
    const space = text.indexOf(' ');
    const index = Number(text.slice(0, space));
    const opened = this.#seal.open([this.#codec.kind, name, index], text.slice(space + 1));
    if (opened === undefined) {
      throw new ParleyError(
        'storage_failed',
        'A log of the delivery service was written at NATS by something other than a server of this group.',
      );
    }
    const { seq, time } = stored;
    this.#remember(name, { index, seq });
    return { seq, index, value: this.#codec.decode(opened), time };
  }

  #remember(name: string, { index, seq }: Place): void {
    const places = this.#places.get(name) ?? new Map<number, number>();
    this.#places.delete(name);
    this.#places.set(name, places);
    places.set(index, seq);
    dropOldest(places, mostPlaces);
    dropOldest(this.#places, mostSubjects);
  }
}

function dropOldest<K>(map: Map<K, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
