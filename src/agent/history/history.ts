import type { Bytes } from '../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { Emitter } from '../contracts/emitter.ts';
import { failureView } from '../contracts/failures.ts';
import { type IndexedExchange, isOneOf, type StoredExchange } from '../contracts/history-store.ts';
import type { HistoryPageView } from '../contracts/history-views.ts';
import type { RequestChange } from '../contracts/request-store.ts';
import type { ExchangeView, StorageView } from '../contracts/views.ts';
import { type HistoryExchange, keyOf, withoutNumber } from './exchange-record.ts';
import type { HistoryDeps } from './history-deps.ts';
import { allOf, pageOf } from './pages.ts';
import { PeerBudget, usualPeerBudget } from './peer-budget.ts';
import { isOpen, isUnfinished, openExchange, sealExchange, tagOf, unreadableExchange } from './record.ts';
import type { RecordContext } from './sealed-exchange.ts';
import { type StoredAnswer, StoredAnswers } from './stored-answers.ts';
import { type Deletion, type HistoryStep, WriteQueue } from './write-queue.ts';

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
  readonly #answers: StoredAnswers;

  private constructor(deps: HistoryDeps) {
    this.#deps = deps;
    this.#context = { agentId: deps.agentId, keys: deps.keys, environment: deps.environment };
    this.#writeQueue = new WriteQueue(deps.store, deps.companion);
    this.#answers = new StoredAnswers({
      store: deps.store,
      context: this.#context,
      write: (exchange) => this.#writeQueue.write(exchange),
      sealed: (exchange) => this.#sealed(exchange),
      smaller: (peerId) => this.limitChanged(peerId),
    });
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
    beside: Omit<HistoryStep, 'exchanges'> & { readonly answerBytes?: Bytes },
  ): Promise<readonly ExchangeView[]> {
    const all = exchanges.map((exchange) => this.#place(exchange));
    const kept = all.filter((exchange): exchange is HistoryExchange => exchange.sequence !== undefined);
    for (const exchange of kept) if (isUnfinished(exchange)) this.#open.set(keyOf(exchange), exchange);
    if (kept.length + (beside.requests ?? []).length + (beside.groups ?? []).length === 0) return all;
    try {
      await this.#writeQueue.writeTogether({
        ...beside,
        exchanges: kept.map((one) => () => this.#sealed(one, beside.answerBytes)),
      });
    } catch (cause) {
      for (const exchange of kept) this.#open.delete(keyOf(exchange));
      throw this.#failed(cause);
    } finally {
      for (const exchange of kept) if (!isUnfinished(exchange)) this.#open.delete(keyOf(exchange));
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

  async #sealed(exchange: HistoryExchange, answerBytes?: Bytes): Promise<IndexedExchange> {
    const record = await sealExchange(this.#context, exchange, answerBytes);
    this.#budget.wrote(exchange.peerId, record.ciphertext.length);
    // What is under way is found once it is settled: a request does not wait for its index before it is sent.
    return { record, tokens: isOpen(exchange) ? [] : await this.#deps.tokensOf(exchange) };
  }

  /** Keeps what became of an exchange. When that fails it is shown, and the exchange is given back all the same. */
  settle(exchange: ExchangeView): Promise<ExchangeView> {
    return this.keep(exchange).catch(() => exchange);
  }

  /** Does what `settle` does for an answer of this agent, and keeps the bytes beside it for as long as it may have to be repeated. */
  async settleWithBytes(exchange: ExchangeView, answerBytes: Bytes): Promise<ExchangeView> {
    if (this.#isClosed) return exchange;
    // What cannot be kept is shown, and the answer is given all the same.
    const [kept = exchange] = await this.#keepTogether([exchange], { answerBytes }).catch(() => [exchange]);
    if (kept.sequence !== undefined) await this.#answers.add({ ...kept, sequence: kept.sequence });
    return kept;
  }

  /** Drops the bytes of answers that need not be repeated any more. `now` is in milliseconds since 1970. */
  dropOldBytes(now: number): Promise<void> {
    return this.#answers.dropOld(now);
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

  /** Returns an answer of this agent as `find` does, with the bytes that are kept with it. */
  async findAnswer(peerId: string, requestId: string): Promise<StoredAnswer | undefined> {
    return this.#answers.find(await this.find('incoming', peerId, requestId));
  }

  /** Returns the exchange of a tag, as `tagOf` gives it, while it is stored and can be read. */
  async findByTag(tag: string): Promise<HistoryExchange | undefined> {
    const record = await this.#deps.store.exchangeByTag(tag);
    return record === undefined ? undefined : openExchange(this.#context, record);
  }

  /** Returns a page of the conversation with a peer; see `pageOf`. */
  page(peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return pageOf({ store: this.#deps.store, read: (records) => this.read(records) }, peerId, before, count);
  }

  /** Gives every exchange with a peer, the oldest first, read as it goes. */
  all(peerId: string): AsyncGenerator<HistoryExchange, void, undefined> {
    return allOf({ store: this.#deps.store, read: (records) => this.read(records) }, peerId);
  }

  /** What was under way when the agent stopped, the oldest first, as far as it can be read; each is read when its turn comes. */
  async *open(): AsyncGenerator<HistoryExchange, void, undefined> {
    const { store } = this.#deps;
    for (const { peerId, sequence } of await store.openExchanges()) {
      const record = await store.exchangeAt(peerId, sequence);
      const exchange = record === undefined ? undefined : await this.#read(record);
      if (exchange === undefined) continue;
      if (!isUnfinished(exchange)) {
        await this.#answers.add(exchange);
        continue;
      }
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
