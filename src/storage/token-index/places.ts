import * as v from 'valibot';
import type { HistoryStore } from '../../agent/contracts/history-store.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { storedBytes } from '../stored-history.ts';

/** Which exchange something belongs to, and when that was. */
export interface PostingPlace {
  readonly peerId: string;
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The exchanges of a segment by their place in it; nothing where one was deleted. */
export type Places = readonly (PostingPlace | undefined)[];

/** The places of a segment at rest: the peers, and 14 bytes for each place. */
export interface StoredPlaces {
  readonly peers: readonly string[];
  readonly places: Bytes;
}

/** Damaged ones are none: what they stood for is found no more, and nothing else suffers. */
export const storedPlaces = v.fallback(v.object({ peers: v.array(v.string()), places: storedBytes }), {
  peers: [],
  places: new Uint8Array(0),
});

/** Peer (2 bytes), sequence (4), time (8). */
const placeLength = 14;

/** Returns places in their stored form. */
export function encodePlaces(places: Places): StoredPlaces {
  const peers = [...new Set(places.flatMap((place) => (place === undefined ? [] : [place.peerId])))];
  const numberOf = new Map(peers.map((peerId, number) => [peerId, number]));
  const view = new DataView(new ArrayBuffer(places.length * placeLength));
  for (const [index, place] of places.entries()) {
    if (place === undefined) continue;
    view.setUint16(index * placeLength, numberOf.get(place.peerId) ?? 0);
    view.setUint32(index * placeLength + 2, place.sequence);
    view.setFloat64(index * placeLength + 6, place.at);
  }
  return { peers, places: new Uint8Array(view.buffer) };
}

/** Reads what `encodePlaces` wrote. */
export function decodePlaces({ peers, places }: StoredPlaces): Places {
  const view = new DataView(places.buffer, places.byteOffset, places.length);
  const decoded: (PostingPlace | undefined)[] = [];
  for (let offset = 0; offset + placeLength <= places.length; offset += placeLength) {
    const peerId = peers[view.getUint16(offset)];
    const sequence = view.getUint32(offset + 2);
    // Sequences count from 1: nothing was written where one is 0.
    const isThere = peerId !== undefined && sequence > 0;
    decoded.push(isThere ? { peerId, sequence, at: view.getFloat64(offset + 6) } : undefined);
  }
  return decoded;
}

/** Tells the places that `HistoryStore.deleteExchanges` deletes. */
export function placesDeletedBy(
  peerId: string,
  which: Parameters<HistoryStore['deleteExchanges']>[1],
): (place: PostingPlace) => boolean {
  if ('upTo' in which) return (place) => place.peerId === peerId && place.sequence <= which.upTo;
  const sequences = new Set(which.sequences);
  return (place) => place.peerId === peerId && sequences.has(place.sequence);
}
