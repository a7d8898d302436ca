import { limits } from '../../protocol/limits.ts';

/** The places for streams, by name: 64 of each peer's signing key and 1,024 in all (protocol page, section 4.3). */
export class StreamPlaces {
  /** From the oldest to the youngest, of each peer. */
  readonly #ofPeer = new Map<string, Set<string>>();
  #inAll = 0;

  /** True while a peer, and all together, have a place left. */
  hasRoom(peerKey: string): boolean {
    return this.#inAll < limits.streams && (this.#ofPeer.get(peerKey)?.size ?? 0) < limits.streamsOfPeer;
  }

  /** Takes a place, of which there is one. */
  take(peerKey: string, name: string): void {
    const names = this.#ofPeer.get(peerKey) ?? new Set<string>();
    this.#ofPeer.set(peerKey, names.add(name));
    this.#inAll += 1;
  }

  /** Takes a place; returns whose it was before when there is none left: the peer's oldest, or that of the peer with the most. */
  takeAnyway(peerKey: string, name: string): string | undefined {
    const oldest = this.hasRoom(peerKey) ? undefined : this.#oldestOf(this.#crowdedBy(peerKey));
    this.take(peerKey, name);
    return oldest;
  }

  /** Frees a place. */
  free(peerKey: string, name: string): void {
    const names = this.#ofPeer.get(peerKey);
    if (names?.delete(name) !== true) return;
    this.#inAll -= 1;
    if (names.size === 0) this.#ofPeer.delete(peerKey);
  }

  #crowdedBy(peerKey: string): string {
    if ((this.#ofPeer.get(peerKey)?.size ?? 0) >= limits.streamsOfPeer) return peerKey;
    return [...this.#ofPeer].reduce((most, one) => (one[1].size > most[1].size ? one : most))[0];
  }

  #oldestOf(peerKey: string): string | undefined {
    const [oldest] = this.#ofPeer.get(peerKey) ?? [];
    return oldest;
  }
}
