import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { HistoryPlace, HistoryStore, IndexedExchange } from '../contracts/history-store.ts';
import type { HistoryExchange } from './exchange-record.ts';
import { openExchange, openStoredAnswer } from './record.ts';
import type { RecordContext } from './sealed-exchange.ts';

/** Milliseconds for which the bytes of an answer are kept: as long as it may have to be repeated (protocol page, section 4). */
const keptMs = 1_000 * limits.requestMemory;
/** Bytes of the answers to one peer that are kept, the youngest. */
export const mostOfPeer = 64 * 1024 * 1024;

/** An answer whose bytes are kept with it. */
interface AnswerWithBytes extends Pick<HistoryPlace, 'peerId' | 'sequence'> {
  /** Milliseconds since 1970 of its request. */
  readonly at: number;
  readonly bytes: number;
}

/** An answer of this agent, and its bytes while they are kept. */
export interface StoredAnswer {
  readonly exchange: HistoryExchange;
  readonly answerBytes?: Bytes;
}

/** What answers are kept with. */
export interface StoredAnswersDeps {
  readonly store: Pick<HistoryStore, 'exchangeAt'>;
  readonly context: RecordContext;
  /** Writes an exchange, which is made once its turn has come: what is deleted before that is not there then. */
  write(exchange: () => Promise<IndexedExchange>): Promise<void>;
  sealed(exchange: HistoryExchange): Promise<IndexedExchange>;
  /** Hears that a conversation takes less room. */
  smaller(peerId: string): void;
}

/**
 * The answers of this agent whose bytes, up to 1 MiB, are kept with them, since they may have to be repeated (protocol page, section 4.2):
 * for 24 h, the youngest 64 MiB of each peer. The conversation keeps none after that.
 */
export class StoredAnswers {
  readonly #deps: StoredAnswersDeps;
  readonly #ofPeer = new Map<string, AnswerWithBytes[]>();

  constructor(deps: StoredAnswersDeps) {
    this.#deps = deps;
  }

  /** Says that the bytes of an answer are kept. Resolves when older ones have made room. */
  async add({ peerId, sequence, at, answer }: HistoryExchange): Promise<void> {
    const answers = this.#ofPeer.get(peerId) ?? [];
    this.#ofPeer.set(peerId, answers);
    answers.push({ peerId, sequence, at, bytes: answer?.size ?? 0 });
    let total = answers.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total > mostOfPeer) {
      const oldest = answers.shift();
      if (oldest === undefined) return;
      total -= oldest.bytes;
      await this.#drop(oldest);
    }
  }

  /** Drops the bytes whose time is over. `now` is in milliseconds since 1970. */
  async dropOld(now: number): Promise<void> {
    for (const [peerId, answers] of [...this.#ofPeer]) {
      const young = answers.filter(({ at }) => at > now - keptMs);
      if (young.length === 0) this.#ofPeer.delete(peerId);
      else this.#ofPeer.set(peerId, young);
      for (const answer of answers) if (!young.includes(answer)) await this.#drop(answer);
    }
  }

  /** Returns an answer with the bytes that are kept with it; undefined without one. */
  async find(exchange: HistoryExchange | undefined): Promise<StoredAnswer | undefined> {
    if (exchange?.answer?.kind !== 'bytes') return exchange === undefined ? undefined : { exchange };
    const { store, context } = this.#deps;
    const record = await store.exchangeAt(exchange.peerId, exchange.sequence);
    return (record === undefined ? undefined : await openStoredAnswer(context, record)) ?? { exchange };
  }

  async #drop({ peerId, sequence }: AnswerWithBytes): Promise<void> {
    const { store, context, write, sealed, smaller } = this.#deps;
    const without = async () => {
      const record = await store.exchangeAt(peerId, sequence);
      const exchange = record === undefined ? undefined : await openExchange(context, record);
      if (exchange === undefined) throw new ParleyError('storage_failed', 'This exchange is no longer stored.');
      return sealed(exchange);
    };
    // What was deleted meanwhile has no bytes any more; what cannot be written is looked at after the next start.
    await write(without).catch(() => undefined);
    smaller(peerId);
  }
}
