import { bytesAtOnce, type HistoryStore, type StoredExchange } from '../contracts/history-store.ts';
import type { HistoryPageView } from '../contracts/history-views.ts';
import type { HistoryExchange } from './exchange-record.ts';

/** Exchanges of a page when nobody says how many, and at most. */
const pageSize = { usual: 50, most: 500 } as const;
/** Records read at once on the way through a whole conversation, at most. */
const readAtOnce = 200;

/** What conversations are read with. */
interface PagesDeps {
  readonly store: Pick<HistoryStore, 'exchangesBefore' | 'exchangesAfter'>;
  /** Decrypts the exchanges of records. */
  read(records: readonly StoredExchange[]): Promise<readonly HistoryExchange[]>;
}

/**
 * Returns a page of the conversation with a peer: the newest, or those before a sequence. Large exchanges make it
 * shorter than `count`; one is in it when there is one.
 */
export async function pageOf(
  { store, read }: PagesDeps,
  peerId: string,
  before?: number,
  count: number = pageSize.usual,
): Promise<HistoryPageView> {
  const wanted = Math.max(1, Math.min(count, pageSize.most));
  const records = await store.exchangesBefore(peerId, before, wanted, bytesAtOnce);
  const exchanges = await read([...records].reverse());
  const olderThan = exchanges[0]?.sequence;
  if (olderThan === undefined || (await store.exchangesBefore(peerId, olderThan, 1)).length === 0) return { exchanges };
  return { exchanges, olderThan };
}

/** Gives every exchange with a peer, the oldest first, read as it goes. */
export async function* allOf(
  { store, read }: PagesDeps,
  peerId: string,
): AsyncGenerator<HistoryExchange, void, undefined> {
  let after = 0;
  for (;;) {
    const records = await store.exchangesAfter(peerId, after, readAtOnce, bytesAtOnce);
    yield* await read(records);
    const last = records.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}
