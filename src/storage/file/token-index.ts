import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { HistoryStore } from '../../agent/contracts/history-store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { readableOf, storedBytes } from '../stored-history.ts';
import { applyChange, type Change, type StoredRow, segmentsTouched } from '../token-index/change.ts';
import { tokenAt } from '../token-index/packed-tokens.ts';
import { decodePlaces, type PostingPlace, storedPlaces } from '../token-index/places.ts';
import { rowOf } from '../token-index/posting-row.ts';
import { type IndexState, keyOfPlace, placesInIndex, stateOf } from '../token-index/state.ts';

/** The search index: the tokens of exchanges that are not yet in a segment; the segments; which of their exchanges have which tokens. */
export const tokenIndexSchema = `
  CREATE TABLE recent_tokens (
    peer_id TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, tokens BLOB NOT NULL,
    PRIMARY KEY (peer_id, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE segments (segment INTEGER PRIMARY KEY, peers TEXT NOT NULL, places BLOB NOT NULL) STRICT;
  CREATE TABLE postings (
    row INTEGER NOT NULL, segment INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (row, segment)
  ) STRICT;
`;

const recentTokens = v.object({ peerId: v.string(), sequence: v.number(), at: v.number(), tokens: storedBytes });
const segmentRow = v.object({ segment: v.number(), peers: v.string(), places: storedBytes });
const postingRow = v.object({ row: v.number(), segment: v.number(), bytes: storedBytes });

type Options = Parameters<HistoryStore['exchangesWith']>[1];

/** The search index of one agent. This process has the file alone, so what it holds in memory is right once it was read. */
export class TokenIndex {
  readonly #database: () => DatabaseSync;
  #held: { readonly database: DatabaseSync; readonly state: IndexState } | undefined;

  constructor(database: () => DatabaseSync) {
    this.#database = database;
  }

  /** Changes the index in the transaction that is open. What is given has to be called once that has been committed. */
  change(change: Change): () => void {
    const database = this.#database();
    const state = this.#current();
    const ofSegment = database.prepare('SELECT row, segment, bytes FROM postings WHERE segment = ?');
    const rows = segmentsTouched(state, change).flatMap((segment) => parsedRows(ofSegment.all(segment)));
    const written = applyChange(state, change, rows);
    const putRecent = database.prepare('INSERT OR REPLACE INTO recent_tokens VALUES (?, ?, ?, ?)');
    for (const { peerId, sequence, at, tokens } of written.putRecent) putRecent.run(peerId, sequence, at, tokens);
    const dropRecent = database.prepare('DELETE FROM recent_tokens WHERE peer_id = ? AND sequence = ?');
    for (const { peerId, sequence } of written.dropRecent) dropRecent.run(peerId, sequence);
    const putSegment = database.prepare('INSERT OR REPLACE INTO segments VALUES (?, ?, ?)');
    for (const { segment, peers, places } of written.putSegments) {
      putSegment.run(segment, JSON.stringify(peers), places);
    }
    for (const segment of written.dropSegments) {
      database.prepare('DELETE FROM segments WHERE segment = ?').run(segment);
      database.prepare('DELETE FROM postings WHERE segment = ?').run(segment);
    }
    const putRow = database.prepare('INSERT OR REPLACE INTO postings VALUES (?, ?, ?)');
    for (const { row, segment, bytes } of written.putRows) putRow.run(row, segment, bytes);
    const dropRow = database.prepare('DELETE FROM postings WHERE row = ? AND segment = ?');
    for (const { row, segment } of written.dropRows) dropRow.run(row, segment);
    return () => {
      this.#held = { database, state: written.next };
    };
  }

  /** See `HistoryStore.exchangesWith`. */
  search(
    tokens: readonly Bytes[],
    { peerId, offset, count }: Options,
  ): { readonly total: number; readonly places: readonly PostingPlace[] } {
    if (tokens.length === 0) return { total: 0, places: [] };
    const wanted = tokens.map((token) => tokenAt(token, 0));
    const inRow = this.#database().prepare('SELECT row, segment, bytes FROM postings WHERE row = ?');
    const rows = wanted.map(
      (token) => new Map(parsedRows(inRow.all(rowOf(token))).map(({ segment, bytes }) => [segment, bytes])),
    );
    const places = placesInIndex(this.#current(), wanted, rows, peerId);
    return { total: places.length, places: places.slice(offset, offset + count) };
  }

  #current(): IndexState {
    const database = this.#database();
    if (this.#held?.database === database) return this.#held.state;
    const recent = readableOf(
      recentTokens,
      database.prepare('SELECT peer_id AS peerId, sequence, at, tokens FROM recent_tokens').all(),
    );
    const segments = database
      .prepare('SELECT segment, peers, places FROM segments')
      .all()
      .map((row) => v.parse(segmentRow, row));
    const state = stateOf(
      new Map(recent.map((placed) => [keyOfPlace(placed), placed])),
      new Map(
        segments.map(({ segment, peers, places }) => [
          segment,
          decodePlaces(v.parse(storedPlaces, { peers: parsedPeers(peers), places })),
        ]),
      ),
    );
    this.#held = { database, state };
    return state;
  }
}

function parsedRows(rows: readonly unknown[]): readonly StoredRow[] {
  return readableOf(postingRow, rows);
}

function parsedPeers(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
