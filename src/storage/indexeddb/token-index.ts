import * as v from 'valibot';
import type { HistoryStore, StoredExchange } from '../../agent/contracts/history-store.ts';
import { BoundedPiece } from '../bounded-piece.ts';
import { exchangeV1, readableOf, storedBytes } from '../stored-history.ts';
import { applyChange, type Change, segmentsTouched } from '../token-index/change.ts';
import { tokenAt } from '../token-index/packed-tokens.ts';
import { decodePlaces, storedPlaces } from '../token-index/places.ts';
import { rowOf, rowsOfSegment } from '../token-index/posting-row.ts';
import { type IndexState, keyOfPlace, placesInIndex, type RowsOfToken, stateOf } from '../token-index/state.ts';
import type { OpenDatabase } from './transaction.ts';

type IndexStore = 'recentTokens' | 'segments' | 'postings' | 'indexVersion';

/** The stores of the index. */
export const indexStores: IndexStore[] = ['recentTokens', 'segments', 'postings', 'indexVersion'];
const searchedStores: (IndexStore | 'exchanges')[] = [...indexStores, 'exchanges'];

type Key = 'self' | number | [peerId: string, sequence: number] | [row: number, segment: number];

/** The stores of the index within one transaction. */
type ReadableStores = (name: IndexStore) => {
  get(key: Key): Promise<unknown>;
  getAll(range?: IDBKeyRange): Promise<readonly unknown[]>;
};
type WritableStores = (name: IndexStore) => ReturnType<ReadableStores> & {
  put(value: unknown, key?: Key): Promise<unknown>;
  delete(key: Key): Promise<void>;
};

const recentTokens = v.object({ peerId: v.string(), sequence: v.number(), at: v.number(), tokens: storedBytes });
const segmentNumber = v.object({ segment: v.number() });
const postingRow = v.object({ row: v.number(), segment: v.number(), bytes: storedBytes });
const indexVersion = v.fallback(v.number(), 0);

interface Held {
  readonly version: number;
  readonly state: IndexState;
}

/** The search index of one agent. What it holds in memory is right for the version it was read or written at. */
export class TokenIndex {
  readonly #open: OpenDatabase;
  #held: Held | undefined;

  constructor(open: OpenDatabase) {
    this.#open = open;
  }

  /** Changes the index in a transaction. What is given has to be called once that has been committed. */
  async change(stores: WritableStores, change: Change): Promise<() => void> {
    const { version, state } = await this.#current(stores);
    const postings = stores('postings');
    const touched = await Promise.all(
      segmentsTouched(state, change)
        .flatMap(keysOfSegment)
        .map((key) => postings.get(key)),
    );
    const written = applyChange(state, change, readableOf(postingRow, touched));
    const recent = stores('recentTokens');
    const segments = stores('segments');
    await Promise.all([
      ...written.putRecent.map((placed) => recent.put(placed)),
      ...written.dropRecent.map(({ peerId, sequence }) => recent.delete([peerId, sequence])),
      ...written.putSegments.map((segment) => segments.put(segment)),
      ...written.dropSegments.map((segment) => segments.delete(segment)),
      ...written.dropSegments.flatMap(keysOfSegment).map((key) => postings.delete(key)),
      ...written.putRows.map((row) => postings.put(row)),
      ...written.dropRows.map(({ row, segment }) => postings.delete([row, segment])),
      stores('indexVersion').put(version + 1, 'self'),
    ]);
    return () => {
      this.#held = { version: version + 1, state: written.next };
    };
  }

  /** See `HistoryStore.exchangesWith`. */
  search: HistoryStore['exchangesWith'] = async (tokens, { peerId, offset, count, bytes }) => {
    if (tokens.length === 0) return { total: 0, exchanges: [] };
    const transaction = (await this.#open()).transaction(searchedStores);
    const stores: ReadableStores = (name) => transaction.objectStore(name);
    const wanted = tokens.map((token) => tokenAt(token, 0));
    const [{ state }, ...rows] = await Promise.all([
      this.#current(stores),
      ...wanted.map((token) => rowsAt(stores, rowOf(token))),
    ]);
    const places = placesInIndex(state, wanted, rows, peerId);
    const piece = new BoundedPiece<StoredExchange>(count, bytes);
    // One after the other: how large they are is known only once they are read.
    for (const place of places.slice(offset, offset + count)) {
      const found = await transaction.objectStore('exchanges').get([place.peerId, place.sequence]);
      if (found !== undefined && !piece.add(v.parse(exchangeV1, found))) break;
    }
    return { total: places.length, exchanges: piece.records };
  };

  /**
   * Returns the index as the transaction sees it: read again when another connection has written, or a write has
   * failed.
   */
  async #current(stores: ReadableStores): Promise<Held> {
    const version = v.parse(indexVersion, await stores('indexVersion').get('self'));
    if (this.#held?.version !== version) {
      const [recent, segments] = await Promise.all([stores('recentTokens').getAll(), stores('segments').getAll()]);
      const state = stateOf(
        new Map(readableOf(recentTokens, recent).map((placed) => [keyOfPlace(placed), placed])),
        new Map(
          segments.map((stored) => [
            v.parse(segmentNumber, stored).segment,
            decodePlaces(v.parse(storedPlaces, stored)),
          ]),
        ),
      );
      this.#held = { version, state };
    }
    return this.#held;
  }
}

async function rowsAt(stores: ReadableStores, row: number): Promise<RowsOfToken> {
  const range = IDBKeyRange.bound([row, 0], [row, Number.POSITIVE_INFINITY]);
  const found = readableOf(postingRow, await stores('postings').getAll(range));
  return new Map(found.map(({ segment, bytes }) => [segment, bytes]));
}

function keysOfSegment(segment: number): [number, number][] {
  return Array.from({ length: rowsOfSegment }, (_, row) => [row, segment]);
}
