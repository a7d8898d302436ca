import type { Bytes } from '../../protocol/bytes.ts';
import { hasToken } from './packed-tokens.ts';
import type { Places, PostingPlace } from './places.ts';
import { placesWith } from './posting-row.ts';

/** An exchange and its tokens, packed. */
export interface PlacedTokens extends PostingPlace {
  readonly tokens: Bytes;
}

/**
 * What is held in memory of the index. Its tokens are in two forms: those of recent exchanges, each by itself, and segments of
 * many older ones, whose tokens are in rows that are read when they are asked for. A state never changes; a change gives the next.
 */
export interface IndexState {
  /** By `keyOfPlace`. */
  readonly recent: ReadonlyMap<string, PlacedTokens>;
  readonly segments: ReadonlyMap<number, Places>;
  /** The highest sequence of each peer in any segment: what comes after it is in none. */
  readonly lastInSegments: ReadonlyMap<string, number>;
}

/** The rows that a token stands in, by segment. */
export type RowsOfToken = ReadonlyMap<number, Bytes>;

/** Returns the name of a place. */
export function keyOfPlace({ peerId, sequence }: Pick<PostingPlace, 'peerId' | 'sequence'>): string {
  return `${peerId} ${sequence}`;
}

/** Returns the index that these parts make. */
export function stateOf(recent: IndexState['recent'], segments: IndexState['segments']): IndexState {
  const lastInSegments = new Map<string, number>();
  for (const places of segments.values()) {
    for (const place of places) {
      if (place === undefined) continue;
      const last = lastInSegments.get(place.peerId) ?? 0;
      if (place.sequence > last) lastInSegments.set(place.peerId, place.sequence);
    }
  }
  return { recent, segments, lastInSegments };
}

/**
 * Returns the places of the exchanges that have every one of `tokens`, the newest first. `rows` holds the rows of
 * each token, in the same order. Throws a RangeError when a row is damaged.
 */
export function placesInIndex(
  state: IndexState,
  tokens: readonly bigint[],
  rows: readonly RowsOfToken[],
  peerId: string | undefined,
): readonly PostingPlace[] {
  const found: PostingPlace[] = [];
  const add = (place: PostingPlace | undefined) => {
    if (place !== undefined && (peerId === undefined || place.peerId === peerId)) found.push(place);
  };
  for (const [segment, places] of state.segments) {
    for (const index of inSegment(segment, tokens, rows)) add(places[index]);
  }
  for (const placed of state.recent.values()) {
    if (tokens.every((token) => hasToken(placed.tokens, token))) add(placed);
  }
  return found.sort(newestFirst);
}

function inSegment(segment: number, tokens: readonly bigint[], rows: readonly RowsOfToken[]): Iterable<number> {
  let common: Set<number> | undefined;
  for (const [index, token] of tokens.entries()) {
    const row = rows[index]?.get(segment);
    if (row === undefined) return [];
    const places = placesWith(row, token);
    const before = common;
    common = new Set(before === undefined ? places : places.filter((place) => before.has(place)));
    if (common.size === 0) break;
  }
  return common ?? [];
}

function newestFirst(a: PostingPlace, b: PostingPlace): number {
  return b.at - a.at || b.sequence - a.sequence || (a.peerId < b.peerId ? 1 : -1);
}
