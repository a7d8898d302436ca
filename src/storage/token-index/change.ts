import type { IndexedExchange } from '../../agent/contracts/history-store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { packTokens, unpackTokens } from './packed-tokens.ts';
import { encodePlaces, type Places, type PostingPlace, type StoredPlaces } from './places.ts';
import { encodePostings, rowOf, rowsOfSegment, withoutPlaces } from './posting-row.ts';
import { type IndexState, keyOfPlace, type PlacedTokens, stateOf } from './state.ts';

/** Exchanges of a segment when it is made. */
const segmentSize = 512;
/** Recent exchanges that are left by themselves when a segment is made: what became of them may still be written. */
const leftRecent = 128;

/** What is to change: exchanges that get new tokens instead of any they had, and which ones are deleted. */
export interface Change {
  readonly put: readonly PlacedTokens[];
  readonly isDeleted?: (place: PostingPlace) => boolean;
}

/** Returns the tokens of an exchange as the index takes them. */
export function placedTokens({ record: { peerId, sequence, at }, tokens }: IndexedExchange): PlacedTokens {
  return { peerId, sequence, at, tokens: packTokens(tokens) };
}

/** A row of a segment. */
export interface StoredRow {
  readonly row: number;
  readonly segment: number;
  readonly bytes: Bytes;
}

/** What has to be written, and the state that holds once it is. */
export interface Written {
  readonly next: IndexState;
  readonly putRecent: readonly PlacedTokens[];
  readonly dropRecent: readonly PostingPlace[];
  readonly putSegments: readonly (StoredPlaces & { readonly segment: number })[];
  /** With all their rows. */
  readonly dropSegments: readonly number[];
  readonly putRows: readonly StoredRow[];
  readonly dropRows: readonly Omit<StoredRow, 'bytes'>[];
}

/** Returns the segments that a change removes some but not all entries of: all their rows have to be loaded for it. */
export function segmentsTouched(state: IndexState, change: Change): readonly number[] {
  return [...cutSegments(state, change)].flatMap(([segment, left]) => (left.some(isThere) ? [segment] : []));
}

/** Works a change out. `rows`: those of the segments that it touches. */
export function applyChange(state: IndexState, change: Change, rows: readonly StoredRow[]): Written {
  const segments = new Map(state.segments);
  const putSegments: Written['putSegments'][number][] = [];
  const dropSegments: number[] = [];
  const putRows: StoredRow[] = [];
  const dropRows: Omit<StoredRow, 'bytes'>[] = [];
  for (const [segment, left] of cutSegments(state, change)) {
    if (!left.some(isThere)) {
      segments.delete(segment);
      dropSegments.push(segment);
      continue;
    }
    segments.set(segment, left);
    putSegments.push({ segment, ...encodePlaces(left) });
    const gone = new Set(left.flatMap((place, index) => (isThere(place) ? [] : [index])));
    for (const row of rows.filter((one) => one.segment === segment)) {
      const bytes = leftOf(row.bytes, gone);
      if (bytes === undefined) dropRows.push(row);
      else putRows.push({ ...row, bytes });
    }
  }

  const recent = recentAfter(state, change);
  while (recent.size >= segmentSize + leftRecent) {
    const oldest = [...recent].sort(([, a], [, b]) => a.at - b.at || a.sequence - b.sequence).slice(0, segmentSize);
    for (const [key] of oldest) recent.delete(key);
    const segment = Math.max(0, ...segments.keys()) + 1;
    const places = oldest.map(([, { peerId, sequence, at }]) => ({ peerId, sequence, at }));
    segments.set(segment, places);
    putSegments.push({ segment, ...encodePlaces(places) });
    putRows.push(
      ...rowsOf(
        segment,
        oldest.map(([, { tokens }]) => tokens),
      ),
    );
  }
  const areSegmentsSame = putSegments.length === 0 && dropSegments.length === 0;
  return {
    next: areSegmentsSame ? { ...state, recent } : stateOf(recent, segments),
    putRecent: [...recent].flatMap(([key, placed]) => (state.recent.get(key) === placed ? [] : [placed])),
    dropRecent: [...state.recent].flatMap(([key, placed]) => (recent.has(key) ? [] : [placed])),
    putSegments,
    dropSegments,
    putRows,
    dropRows,
  };
}

/**
 * Returns the row without the removed exchanges; a damaged row is dropped as a whole, so its words are no longer
 * found.
 */
function leftOf(row: Bytes, gone: ReadonlySet<number>): Bytes | undefined {
  try {
    return withoutPlaces(row, gone);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function recentAfter(state: IndexState, { put, isDeleted }: Change): Map<string, PlacedTokens> {
  const recent = new Map(state.recent);
  if (isDeleted !== undefined) for (const [key, placed] of recent) if (isDeleted(placed)) recent.delete(key);
  for (const placed of put) {
    if (placed.tokens.length === 0) recent.delete(keyOfPlace(placed));
    else recent.set(keyOfPlace(placed), placed);
  }
  return recent;
}

/** Returns the rest of each segment that a change removes something from. */
function cutSegments(state: IndexState, change: Change): ReadonlyMap<number, Places> {
  const isOut = outOfSegments(state, change);
  const cut = new Map<number, Places>();
  if (isOut === undefined) return cut;
  for (const [segment, places] of state.segments) {
    const left = places.map((place) => (place === undefined || isOut(place) ? undefined : place));
    if (left.some((place, index) => place !== places[index])) cut.set(segment, left);
  }
  return cut;
}

function isThere(place: PostingPlace | undefined): place is PostingPlace {
  return place !== undefined;
}

/** Returns a predicate of the places that a change removes from segments; undefined when it certainly removes none. */
function outOfSegments(state: IndexState, { put, isDeleted }: Change): ((place: PostingPlace) => boolean) | undefined {
  const rewritten = new Set(
    put
      .filter(({ peerId, sequence }) => sequence <= (state.lastInSegments.get(peerId) ?? 0))
      .filter((placed) => !state.recent.has(keyOfPlace(placed)))
      .map(keyOfPlace),
  );
  if (rewritten.size === 0) return isDeleted;
  return (place) => rewritten.has(keyOfPlace(place)) || isDeleted?.(place) === true;
}

function rowsOf(segment: number, packed: readonly Bytes[]): StoredRow[] {
  const rows = Array.from({ length: rowsOfSegment }, () => new Map<bigint, number[]>());
  for (const [place, tokens] of packed.entries()) {
    for (const token of unpackTokens(tokens)) {
      const row = rows[rowOf(token)];
      const places = row?.get(token);
      if (places === undefined) row?.set(token, [place]);
      else places.push(place);
    }
  }
  return rows.flatMap((postings, row) =>
    postings.size === 0 ? [] : [{ row, segment, bytes: encodePostings(postings) }],
  );
}
