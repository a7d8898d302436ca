import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Scheduler } from '../contracts/ports.ts';
import { type ExchangeView, exchangeKey } from '../contracts/views.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { isShownText } from '../streams/shown-stream.ts';
import type { AnswerBody } from './answer-body.ts';

/** Bytes of answers that are held in memory, so that they can be saved: of one answer as many as one can bring beside it, and of all. */
const mostHeld = { one: limits.attachment, all: 64 * 1024 * 1024 } as const;
/** Milliseconds between two reads of a text: what comes meanwhile is shown together. */
const paceMs = 50;

/** A request that was answered, and the bytes of its answer. */
interface Answered {
  readonly view: ExchangeView;
  readonly body?: AnswerBody;
}

type Which = Pick<ExchangeView, 'peerId' | 'requestId'>;

/** What becomes of the bytes of answers that nobody has asked for by `Outbox.exchange`. */
export interface AnswerTaker {
  take(answered: Answered): Promise<void>;
  /** Ends an answer that is still coming; returns whether there was one. */
  stop(which: Which): boolean;
}

/** Takes no bytes: their owner need not make them. */
export const noAnswers: AnswerTaker = {
  take: async ({ body }) => body?.stream.cancel(),
  stop: () => false,
};

/** What answers are read with. */
export interface ReadAnswersDeps {
  readonly activity: Pick<ActivityLog, 'exchange' | 'follow'>;
  readonly scheduler: Scheduler;
}

/** An answer that is being read. */
interface Coming {
  readonly reader: ReadableStreamDefaultReader<Bytes>;
  readonly held: Held;
}

/** Bytes of one answer, in one piece of memory that grows. */
class Held {
  readonly #buffer = new ArrayBuffer(0, { maxByteLength: mostHeld.one });

  get size(): number {
    return this.#buffer.byteLength;
  }

  add(bytes: Bytes): void {
    const { size } = this;
    this.#buffer.resize(size + bytes.length);
    new Uint8Array(this.#buffer).set(bytes, size);
  }

  copy(): Bytes {
    return new Uint8Array(this.#buffer).slice();
  }
}

/**
 * Reads answers by itself, for a person who looks: how far each has come is shown with its exchange, and its bytes are held in memory for
 * saving, up to 15 MiB of one and 64 MiB of all. What has more than that is stopped; of those that have come, the oldest go first.
 */
export class ReadAnswers implements AnswerTaker {
  readonly #deps: ReadAnswersDeps;
  readonly #coming = new Map<string, Coming>();
  /** Those that have come whole, the oldest first. */
  readonly #held = new Map<string, Held>();

  constructor(deps: ReadAnswersDeps) {
    this.#deps = deps;
    deps.activity.follow({ removed: () => this.#dropRemoved() });
  }

  async take({ view, body }: Answered): Promise<void> {
    // What becomes of it is shown with its exchange.
    if (body !== undefined) this.#read(exchangeKey(view), body).catch(() => undefined);
  }

  stop(which: Which): boolean {
    return this.#end(keyOf(which));
  }

  /** Returns the bytes of an answer. Throws `invalid_input` when they are not held. */
  bytes(peerId: string, requestId: string): Bytes {
    const held = this.#held.get(keyOf({ peerId, requestId }));
    if (held !== undefined) return held.copy();
    throw new ParleyError('invalid_input', 'The bytes of this answer are no longer in memory. Send the request again.');
  }

  /** True while the bytes of an answer can be had. */
  has(peerId: string, requestId: string): boolean {
    return this.#held.has(keyOf({ peerId, requestId }));
  }

  async #read(key: string, { stream, mediaType, size = 0 }: AnswerBody): Promise<void> {
    const reader = stream.getReader();
    const held = new Held();
    const coming = { reader, held };
    this.#coming.set(key, coming);
    const isStillComing = () => this.#coming.get(key) === coming;
    try {
      if (size > mostHeld.one) return await reader.cancel(tooLarge());
      const isPaced = isShownText(mediaType);
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        if (!this.#hasRoom(held, part.value.length)) return await reader.cancel(tooLarge());
        held.add(part.value);
        if (isPaced) await this.#pause();
      }
      if (isStillComing()) this.#held.set(key, held);
    } finally {
      if (isStillComing()) this.#coming.delete(key);
    }
  }

  /** Stops an answer that is coming; returns whether there was one. */
  #end(key: string): boolean {
    const coming = this.#coming.get(key);
    this.#coming.delete(key);
    // What the peer does not hear, it finds out by itself.
    coming?.reader.cancel().catch(() => undefined);
    return coming !== undefined;
  }

  /** True when an answer may grow by so many bytes; answers that have come before it make room. */
  #hasRoom(held: Held, more: number): boolean {
    if (held.size + more > mostHeld.one) return false;
    for (const key of this.#held.keys()) {
      if (this.#size + more <= mostHeld.all) return true;
      this.#held.delete(key);
    }
    return this.#size + more <= mostHeld.all;
  }

  get #size(): number {
    const coming = [...this.#coming.values()].map(({ held }) => held);
    return [...coming, ...this.#held.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#deps.scheduler.after(paceMs, resolve));
  }

  /** Ends what nobody sees any more: its exchange was deleted, or had to make room. */
  #dropRemoved(): void {
    const gone = [...this.#held.keys(), ...this.#coming.keys()].filter(
      (key) => this.#deps.activity.exchange(key) === undefined,
    );
    for (const key of gone) {
      this.#held.delete(key);
      this.#end(key);
    }
  }
}

function keyOf({ peerId, requestId }: Which): string {
  return exchangeKey({ direction: 'outgoing', peerId, requestId });
}

function tooLarge(): ParleyError {
  return new ParleyError(
    'message_too_large',
    'The answer has more bytes than are held in memory here (15 MiB of one, 64 MiB of all). It was stopped, and nothing of it is held. Have it sent as a file.',
  );
}
