import { limits } from '../../protocol/limits.ts';
import type { ResponseToSend } from '../../protocol/session/exchange/exchange.ts';

/** Milliseconds for which a request is repeated, and its answer (protocol page, section 4). */
export const rememberedFor = 1_000 * limits.requestMemory;
/** Requests of one peer that are remembered at least, and of all peers at most. */
const mostOfPeer = limits.requestsOfPeer;
const mostRequests = 200_000;
/** Characters of JSON, and bytes beside it, that all kept answers may have together. */
const mostCharacters = 32 * 1024 * 1024;

interface Remembered {
  readonly at: number;
  /** Gone when it made room for younger ones. */
  answer: Promise<ResponseToSend> | undefined;
  characters: number;
}

interface Peer {
  readonly remembered: Map<string, Remembered>;
  characters: number;
}

/** A request as it is looked up. */
export interface Asked {
  /** The peer's signing key; see `peerKeyOf`. */
  readonly peerKey: string;
  readonly requestId: string;
}

/**
 * The answers that this agent has given, to be repeated (protocol page, section 4): for 24 h, the newest 10,000 of each peer. Old and large
 * answers make room for younger ones, those of the peer with the most first. That their requests ran is in the `RequestMemory`.
 */
export class IdempotencyCache {
  readonly #now: () => number;
  readonly #peers = new Map<string, Peer>();
  #requests = 0;
  #characters = 0;

  /** `now` gives milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Returns the answer to a request, made by `run` the first time; one that rejects ran nothing and is forgotten. When the answer has
   * made room for others, `again` looks it up.
   */
  once(
    asked: Asked,
    run: () => Promise<ResponseToSend>,
    again: () => Promise<ResponseToSend>,
  ): Promise<ResponseToSend> {
    const { peerKey, requestId } = asked;
    const peer = this.#peers.get(peerKey) ?? { remembered: new Map(), characters: 0 };
    this.#peers.set(peerKey, peer);
    this.#dropOld(peer);
    const found = peer.remembered.get(requestId);
    if (found !== undefined) return found.answer ?? again();
    const answer = run();
    const entry: Remembered = { at: this.#now(), answer, characters: 0 };
    peer.remembered.set(requestId, entry);
    this.#requests += 1;
    this.#dropMany();
    answer.then(
      ({ json, attachment }) => this.#weigh(peer, entry, JSON.stringify(json).length + (attachment?.length ?? 0)),
      () => {
        if (peer.remembered.get(requestId) !== entry) return;
        peer.remembered.delete(requestId);
        this.#requests -= 1;
      },
    );
    return answer;
  }

  /** True for a request that is remembered. */
  has({ peerKey, requestId }: Asked): boolean {
    return this.#peers.get(peerKey)?.remembered.has(requestId) === true;
  }

  #weigh(peer: Peer, entry: Remembered, characters: number): void {
    entry.characters = characters;
    peer.characters += characters;
    this.#characters += characters;
    while (this.#characters > mostCharacters) {
      const heaviest = [...this.#peers.values()].reduce((most, one) => (one.characters > most.characters ? one : most));
      const oldest = [...heaviest.remembered.values()].find((one) => one.characters > 0);
      if (oldest === undefined) return;
      this.#forgetAnswer(heaviest, oldest);
    }
  }

  #forgetAnswer(peer: Peer, entry: Remembered): void {
    peer.characters -= entry.characters;
    this.#characters -= entry.characters;
    entry.characters = 0;
    entry.answer = undefined;
  }

  #dropOld(peer: Peer): void {
    const before = this.#now() - rememberedFor;
    for (const [requestId, { at }] of peer.remembered) {
      if (at >= before && peer.remembered.size <= mostOfPeer) return;
      this.#forget(peer, requestId);
    }
  }

  /** Drops the oldest requests of the peer with most, beyond what all may have together. */
  #dropMany(): void {
    while (this.#requests > mostRequests) {
      const sizeOf = ({ remembered }: Peer) => remembered.size;
      const largest = [...this.#peers.values()].reduce((most, one) => (sizeOf(one) > sizeOf(most) ? one : most));
      const [oldest] = largest.remembered.keys();
      if (oldest === undefined) return;
      this.#forget(largest, oldest);
    }
  }

  #forget(peer: Peer, requestId: string): void {
    const entry = peer.remembered.get(requestId);
    if (entry === undefined) return;
    this.#forgetAnswer(peer, entry);
    peer.remembered.delete(requestId);
    this.#requests -= 1;
  }
}
