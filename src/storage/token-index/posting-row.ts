import type { Bytes } from '../../protocol/bytes.ts';
import { tokenLength } from './packed-tokens.ts';

/** Rows that the tokens of a segment are spread over, by their first seven bits. */
export const rowsOfSegment = 128;

/** Returns the row that a token is in. */
export function rowOf(token: bigint): number {
  return Number(token >> 57n);
}

/**
 * Encodes which exchanges of a segment have which tokens, in one row: how many tokens (4 bytes), the tokens in order
 * (8 each), where the list of each ends (4 each), and the lists: ascending places in the segment, each the distance
 * to the one before as a base-128 number. Numbers are big-endian.
 */
export function encodePostings(postings: ReadonlyMap<bigint, readonly number[]>): Bytes {
  const sorted = [...postings].sort(([a], [b]) => (a < b ? -1 : 1));
  const lists: number[] = [];
  const ends = sorted.map(([, places]) => {
    let next = 0;
    for (const place of places) {
      writeNumber(lists, place - next);
      next = place + 1;
    }
    return lists.length;
  });
  const bytes = new Uint8Array(listsAt(sorted.length) + lists.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, sorted.length);
  for (const [index, [token]] of sorted.entries()) view.setBigUint64(tokenOffset(index), token);
  for (const [index, end] of ends.entries()) view.setUint32(endOffset(sorted.length, index), end);
  bytes.set(lists, listsAt(sorted.length));
  return bytes;
}

/** Returns the places of the exchanges that have a token, ascending. Throws a RangeError when the row is damaged. */
export function placesWith(row: Bytes, token: bigint): readonly number[] {
  const view = viewOf(row);
  const count = view.getUint32(0);
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = view.getBigUint64(tokenOffset(middle));
    if (found === token) return listOf(view, count, middle);
    if (found < token) low = middle + 1;
    else high = middle - 1;
  }
  return [];
}

/**
 * Returns the row without the exchanges of `places`; undefined when nothing is left. Throws a RangeError when the row
 * is damaged.
 */
export function withoutPlaces(row: Bytes, places: ReadonlySet<number>): Bytes | undefined {
  const view = viewOf(row);
  const count = view.getUint32(0);
  const left = new Map<bigint, readonly number[]>();
  for (let index = 0; index < count; index++) {
    const kept = listOf(view, count, index).filter((place) => !places.has(place));
    if (kept.length > 0) left.set(view.getBigUint64(tokenOffset(index)), kept);
  }
  return left.size === 0 ? undefined : encodePostings(left);
}

function viewOf(row: Bytes): DataView {
  return new DataView(row.buffer, row.byteOffset, row.length);
}

function tokenOffset(index: number): number {
  return 4 + tokenLength * index;
}

function endOffset(count: number, index: number): number {
  return tokenOffset(count) + 4 * index;
}

function listsAt(count: number): number {
  return endOffset(count, count);
}

function listOf(view: DataView, count: number, index: number): readonly number[] {
  const start = listsAt(count);
  const end = start + view.getUint32(endOffset(count, index));
  let at = index === 0 ? start : start + view.getUint32(endOffset(count, index - 1));
  const places: number[] = [];
  let next = 0;
  while (at < end) {
    let distance = 0;
    let byte: number;
    let shift = 0;
    do {
      byte = view.getUint8(at++);
      distance |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    places.push(next + distance);
    next += distance + 1;
  }
  return places;
}

function writeNumber(to: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    to.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  to.push(rest);
}
