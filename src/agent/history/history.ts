import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { Emitter } from '../contracts/emitter.ts';
import { failureView } from '../contracts/failures.ts';
import {
  bytesAtOnce,
  type HistoryKeys,
  type HistoryStore,
  type IndexedExchange,
  isOneOf,
  type StoredExchange,
  type Which,
} from '../contracts/history-store.ts';
import type { HistoryPageView } from '../contracts/history-views.ts';
import type { RequestChange } from '../contracts/request-store.ts';
import type { ExchangeView, StorageView } from '../contracts/views.ts';
import { type HistoryExchange, keyOf, withoutNumber } from './exchange-record.ts';
import { PeerBudget, usualPeerBudget } from './peer-budget.ts';
import { isOpen, openExchange, sealExchange, tagOf, unreadableExchange } from './record.ts';
import type { RecordContext } from './sealed-exchange.ts';
import { type Companion, type Deletion, type HistoryStep, WriteQueue } from './write-queue.ts';

/** Exchanges of a piece when nobody says how many, and at most. */
const pieceSize = { usual: 50, most: 500 } as const;
/** Records read at once on the way through a whole conversation, at most. */
const readAtOnce = 200;

/** What a history works with. */
export interface HistoryDeps {
  readonly agentId: string;
  readonly store: HistoryStore;
  readonly keys: HistoryKeys;
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
  /** Told when exchanges were deleted. */
  readonly deleted: (peerId: string, which: Which) => void;
  /** Told when nothing more can be kept, and when it can again. */
  readonly changed: (storage: StorageView) => void;
  /** What the index finds a settled exchange by, 8 bytes each. */
  readonly tokensOf: (exchange: ExchangeView) => Promise<readonly Bytes[]>;
  /** What is written in the same transactions. */
  readonly companion: Companion;
  /** Bytes of ciphertext from which on requests of a peer are refused, where the person has set no limit. */
  readonly peerBudget?: number;
}

/** The conversations of an agent, kept on this device, encrypted. */
export class History {
  readonly #deps: HistoryDeps;
  readonly #context: RecordContext;
  readonly #writeQueue: WriteQueue;
  readonly #budget: PeerBudget;
  readonly #lastSequence = new Map<string, number>();
  /** Exchanges that are open, and those of them that were deleted meanwhile: what becomes of these is not kept. */
  readonly #open = new Map<string, HistoryExchange>();
  readonly #deleted = new Set<string>();
  #isClosed = false;
  #storage: StorageView = {};
  readonly #kept = new Emitter<HistoryExchange>();

  private constructor(deps: HistoryDeps) {
    this.#deps = deps;
    this.#context = { agentId: deps.agentId, keys: deps.keys, environment: deps.environment };
    this.#writeQueue = new WriteQueue(deps.store, deps.companion);
    this.#budget = new PeerBudget(deps.store, deps.peerBudget ?? usualPeerBudget);
  }

  /** Takes the history up where the store has it. Rejects with `storage_failed`. */
  static async open(deps: HistoryDeps): Promise<History> {
    const history = new History(deps);
    const usages = await deps.store.usages();
    for (const { peerId, lastSequence } of usages) history.#lastSequence.set(peerId, lastSequence);
    history.#budget.begin(usages);
    return history;
  }

  /** Tells `listener` of every exchange that has been kept; the function it returns ends that. */
  follow(listener: (exchange: HistoryExchange) => void): () => void {
    return this.#kept.follow(listener);
  }

  /** Returns whether conversations can be stored. */
  get storage(): StorageView {
    return this.#storage;
  }

  /**
   * Keeps an exchange as it is now and gives it its number; durable once resolved, if it is open. Rejects with `storage_full`
   * or `storage_failed`, and then nothing has changed; with `storage_full` also for a request of a peer that is over its budget. What
   * is remembered of the request is written in the same transaction.
   */
  async keep(exchange: ExchangeView, requests: readonly RequestChange[] = []): Promise<ExchangeView> {
    if (this.#isClosed) throw new ParleyError('storage_failed', 'This agent has stopped. Nothing was stored or sent.');
    const isAsked = exchange.direction === 'incoming' && isOpen(exchange);
    if (isAsked) await this.requireRoom(exchange.peerId);
    const [kept] = await this.#keepTogether([exchange], { requests });
    return kept ?? exchange;
  }

  /**
   * Keeps what one step of a group leads to, in one transaction: exchanges, in their order, what is remembered of requests, and the
   * group's rows. Rejects as `keep` does, and then nothing has changed; no budget of a peer stops it, since the step would be lost.
   */
  keepStep(step: HistoryStep): Promise<readonly ExchangeView[]> {
    if (this.#isClosed) throw new ParleyError('storage_failed', 'This agent has stopped. Nothing was stored or sent.');
    return this.#keepTogether(step.exchanges, step);
  }

  async #keepTogether(
    exchanges: readonly ExchangeView[],
    beside: Omit<HistoryStep, 'exchanges'>,
  ): Promise<readonly ExchangeView[]> {
    const all = exchanges.map((exchange) => this.#place(exchange));
    const kept = all.filter((exchange): exchange is HistoryExchange => exchange.sequence !== undefined);
    for (const exchange of kept) if (isOpen(exchange)) this.#open.set(keyOf(exchange), exchange);
    if (kept.length + (beside.requests ?? []).length + (beside.groups ?? []).length === 0) return all;
    try {
      await this.#writeQueue.writeTogether({ ...beside, exchanges: kept.map((one) => () => this.#sealed(one)) });
    } catch (cause) {
      for (const exchange of kept) this.#open.delete(keyOf(exchange));
      throw this.#failed(cause);
    } finally {
      for (const exchange of kept) if (!isOpen(exchange)) this.#open.delete(keyOf(exchange));
    }
    this.#tell({});
    for (const exchange of kept) this.#kept.emit(exchange);
    return all;
  }

  /** Gives an exchange its number; none when it was deleted while it was under way, and is over. */
  #place(exchange: ExchangeView): ExchangeView {
    const kept = { ...exchange, sequence: exchange.sequence ?? this.#nextSequence(exchange.peerId) };
    const key = keyOf(kept);
    if (!this.#deleted.has(key) || isOpen(kept)) {
      this.#deleted.delete(key);
      return kept;
    }
    this.#deleted.delete(key);
    this.#open.delete(key);
    return withoutNumber(kept);
  }

  async #sealed(exchange: HistoryExchange): Promise<IndexedExchange> {
    const record = await sealExchange(this.#context, exchange);
    this.#budget.wrote(exchange.peerId, record.ciphertext.length);
    // What is under way is found once it is settled: a request does not wait for its index before it is sent.
    return { record, tokens: isOpen(exchange) ? [] : await this.#deps.tokensOf(exchange) };
  }

  /** Keeps what became of an exchange. When that fails it is shown, and the exchange is given back all the same. */
  settle(exchange: ExchangeView): Promise<ExchangeView> {
    return this.keep(exchange).catch(() => exchange);
  }

  /** Returns the exchange of this request_id, if it is stored. One that cannot be read comes without its request_id. */
  async find(
    direction: ExchangeView['direction'],
    peerId: string,
    requestId: string,
  ): Promise<HistoryExchange | undefined> {
    const record = await this.#deps.store.exchangeByTag(await tagOf(this.#context, direction, peerId, requestId));
    if (record === undefined) return undefined;
    const exchange = await this.#read(record);
    const isIt = exchange.direction === direction && exchange.peerId === peerId && exchange.requestId === requestId;
    return isIt ? exchange : unreadableExchange(record);
  }

  /** Returns the exchange of a tag, as `tagOf` gives it, while it is stored and can be read. */
  async findByTag(tag: string): Promise<HistoryExchange | undefined> {
    const record = await this.#deps.store.exchangeByTag(tag);
    return record === undefined ? undefined : openExchange(this.#context, record);
  }

  /**
   * Returns a page of the conversation with a peer: the newest, or those before a sequence. Large exchanges make it
   * shorter than `count`; one is in it when there is one.
   */
  async page(peerId: string, before?: number, count: number = pieceSize.usual): Promise<HistoryPageView> {
    const { store } = this.#deps;
    const wanted = Math.max(1, Math.min(count, pieceSize.most));
    const records = await store.exchangesBefore(peerId, before, wanted, bytesAtOnce);
    const exchanges = await this.read([...records].reverse());
    const olderThan = exchanges[0]?.sequence;
    if (olderThan === undefined || (await store.exchangesBefore(peerId, olderThan, 1)).length === 0)
      return { exchanges };
    return { exchanges, olderThan };
  }

  /** Every exchange with a peer, the oldest first, read as it goes. */
  async *all(peerId: string): AsyncGenerator<HistoryExchange, void, undefined> {
    let after = 0;
    for (;;) {
      const records = await this.#deps.store.exchangesAfter(peerId, after, readAtOnce, bytesAtOnce);
      yield* await this.read(records);
      const last = records.at(-1);
      if (last === undefined) return;
      after = last.sequence;
    }
  }

  /** What was under way when the agent stopped, the oldest first, as far as it can be read; each is read when its turn comes. */
  async *open(): AsyncGenerator<HistoryExchange, void, undefined> {
    const { store } = this.#deps;
    for (const { peerId, sequence } of await store.openExchanges()) {
      const record = await store.exchangeAt(peerId, sequence);
      const exchange = record === undefined ? undefined : await this.#read(record);
      if (exchange === undefined || !isOpen(exchange)) continue;
      this.#open.set(keyOf(exchange), exchange);
      yield exchange;
    }
  }

  /** Decrypts the exchanges of records. One that cannot be read is shown as such. */
  read(records: readonly StoredExchange[]): Promise<readonly HistoryExchange[]> {
    return Promise.all(records.map((record) => this.#read(record)));
  }

  /** Deletes exchanges, what finds them, and nothing else; gives how many were there. What is under way goes on. */
  async delete(deletion: Deletion): Promise<number> {
    const { peerId, which } = deletion;
    const underWay = [...this.#open].flatMap(([key, exchange]) =>
      exchange.peerId === peerId && isOneOf(which, exchange.sequence) && !this.#deleted.has(key) ? [key] : [],
    );
    for (const key of underWay) this.#deleted.add(key);
    try {
      const deleted = await this.#writeQueue.delete(deletion);
      this.limitChanged(peerId);
      if (deleted > 0) this.#deps.deleted(peerId, which);
      return deleted;
    } catch (cause) {
      for (const key of underWay) this.#deleted.delete(key);
      throw cause;
    }
  }

  /** Says that requests of a peer which was over its budget may be kept again. */
  limitChanged(peerId: string): void {
    this.#budget.recheck(peerId);
  }

  /** Returns the highest number that was given to an exchange with a peer. */
  lastSequence(peerId: string): number {
    return this.#lastSequence.get(peerId) ?? 0;
  }

  /** Returns the tag that names an exchange in the audit trail: 32 hex digits. */
  tagOf(direction: ExchangeView['direction'], peerId: string, requestId: string): Promise<string> {
    return tagOf(this.#context, direction, peerId, requestId);
  }

  /** Writes what the companion has waiting. */
  nudge(): void {
    if (!this.#isClosed) this.#writeQueue.nudge();
  }

  /** Resolves when everything that was kept so far is written, or has failed to be. */
  settled(): Promise<void> {
    return this.#writeQueue.settled();
  }

  /** Keeps nothing more. */
  close(): void {
    this.#isClosed = true;
  }

  async #read(record: StoredExchange): Promise<HistoryExchange> {
    return (await openExchange(this.#context, record)) ?? unreadableExchange(record);
  }

  #nextSequence(peerId: string): number {
    const next = this.lastSequence(peerId) + 1;
    this.#lastSequence.set(peerId, next);
    return next;
  }

  /** Rejects with `storage_full` when requests in this conversation are not kept, since it is over the budget of a peer. */
  async requireRoom(peerId: string): Promise<void> {
    if (!this.#budget.mayBeOver(peerId)) return;
    await this.#budget.requireRoom(peerId).catch((cause: unknown) => {
      throw this.#failed(cause);
    });
  }

  /** Shows that something could not be kept; gives the error. */
  #failed(cause: unknown): ParleyError {
    const error = asParleyError(cause, 'storage_failed');
    this.#tell({ failure: failureView(error) });
    return error;
  }

  #tell(storage: StorageView): void {
    const isSame = storage.failure?.code === this.#storage.failure?.code;
    this.#storage = storage;
    if (!isSame) this.#deps.changed(storage);
  }
}
