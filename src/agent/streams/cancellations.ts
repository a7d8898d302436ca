import { limits } from '../../protocol/limits.ts';

/** The requests that peers have cancelled before they came: for 300 s, the newest 1,000 of each peer (protocol page, section 4.3). */
export class Cancellations {
  readonly #now: () => number;
  readonly #peers = new Map<string, Map<string, number>>();

  /** `now` gives milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Remembers that a peer has cancelled a request. */
  add(peerKey: string, requestId: string): void {
    this.#dropOld();
    const peer = this.#peers.get(peerKey) ?? new Map<string, number>();
    this.#peers.set(peerKey, peer);
    peer.delete(requestId);
    peer.set(requestId, this.#now());
    if (peer.size <= limits.cancelsOfPeer) return;
    const [oldest] = peer.keys();
    if (oldest !== undefined) peer.delete(oldest);
  }

  /** True for a request that was cancelled before. */
  has(peerKey: string, requestId: string): boolean {
    const at = this.#peers.get(peerKey)?.get(requestId);
    return at !== undefined && at > this.#before();
  }

  #before(): number {
    return this.#now() - 1_000 * limits.cancelMemory;
  }

  /** Drops what is old: each peer's, from its oldest on. */
  #dropOld(): void {
    const before = this.#before();
    for (const [peerKey, peer] of this.#peers) {
      for (const [requestId, at] of peer) {
        if (at > before) break;
        peer.delete(requestId);
      }
      if (peer.size === 0) this.#peers.delete(peerKey);
    }
  }
}
