import { toHex } from '../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import { limits } from '../../protocol/limits.ts';
import type { HistoryStore } from '../contracts/history-store.ts';
import type { RequestChange, RequestStore, StoredRequest } from '../contracts/request-store.ts';

/** Seconds for which a request that ran does not run again (protocol page, section 4). */
const rememberedFor = limits.requestMemory;
/** Requests of one peer that are remembered, and of all peers. */
const most = { ofPeer: limits.requestsOfPeer, inAll: 200_000 } as const;
/** Bytes of the hash that names a peer's signing key, and hex digits of a tag. */
const [peerBytes, tagDigits] = [12, 16];
/** Requests whose time is over that go with each new one, at most: of its peer, and of one other. */
const expiredAtOnce = 4;

/** A request as it is looked up. */
export interface RanBy {
  /** The name of the peer's signing key; see `RequestMemory.nameOf`. */
  readonly peer: string;
  /** The tag of the request_id in the history. */
  readonly tag: string;
}

interface Ran {
  readonly number: number;
  readonly at: number;
  readonly sentAt: number | undefined;
}

interface Peer {
  /** By tag, the oldest first. */
  readonly ran: Map<string, Ran>;
  floor: number;
}

/** What the memory works with. */
export interface RequestMemoryDeps {
  readonly store: RequestStore & Pick<HistoryStore, 'commit' | 'usages'>;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
}

/**
 * Which requests of which key ran, so that none runs twice, whatever becomes of the conversation (protocol page, section 4): for 24 h,
 * the newest 10,000 of each peer. Past 200,000 in all, the peer with the most loses its oldest.
 */
export class RequestMemory {
  readonly #environment: RequestMemoryDeps['environment'];
  readonly #peers = new Map<string, Peer>();
  readonly #names = new WeakMap<PeerIdentity, Promise<string>>();
  #inAll = 0;
  #lastNumber = 0;
  /** What was sent until then may be in the history alone, which an earlier version wrote. */
  #historyUntil = -1;
  /** Goes round the peers, whose old requests are dropped. */
  #round: Iterator<[string, Peer]> = this.#peers.entries();

  private constructor(environment: RequestMemoryDeps['environment']) {
    this.#environment = environment;
  }

  /** Reads back what earlier runs of this agent have remembered. Rejects with `storage_failed` and `storage_full`. */
  static async load({ store, environment }: RequestMemoryDeps): Promise<RequestMemory> {
    const memory = new RequestMemory(environment);
    const now = unixSeconds(environment);
    const { requests, floors } = await store.loadRequests();
    const expired = requests.filter(({ at }) => at < now - rememberedFor).map(({ number }) => number);
    for (const { peer, sentAt } of floors) {
      if (peer === '') memory.#historyUntil = sentAt;
      else if (sentAt >= now - rememberedFor) memory.#of(peer).floor = sentAt;
    }
    for (const request of requests) {
      memory.#lastNumber = Math.max(memory.#lastNumber, request.number);
      if (request.at >= now - rememberedFor) memory.#put(request);
    }
    const isFirst = requests.length === 0 && floors.length === 0;
    const isOlder = isFirst && (await store.usages()).some(({ lastSequence }) => lastSequence > 0);
    if (isOlder) memory.#historyUntil = now;
    if (isOlder || expired.length > 0) {
      const begun = isOlder ? [{ peer: '', sentAt: now }] : [];
      await store.commit({ exchanges: [], audit: [], requests: [{ add: [], drop: expired, floors: begun }] });
    }
    return memory;
  }

  /** Returns the name of a peer's signing key: the first 12 bytes of its SHA-256, lowercase hex. */
  nameOf(peer: PeerIdentity): Promise<string> {
    const known = this.#names.get(peer);
    if (known !== undefined) return known;
    const name = sha256(this.#environment.subtle, peer.signingSpki).then((hash) => toHex(hash.subarray(0, peerBytes)));
    this.#names.set(peer, name);
    return name;
  }

  /** True for a request of this key that ran, or may have, in the last 24 h. */
  has({ peer, tag }: RanBy): boolean {
    const ran = this.#peers.get(peer)?.ran.get(tag.slice(0, tagDigits));
    return ran !== undefined && ran.at >= unixSeconds(this.#environment) - rememberedFor;
  }

  /** True for a request that ran in the last 24 h, of whichever key: its tag says of which agent_id. */
  hasOfAny(tag: string): boolean {
    return [...this.#peers.keys()].some((peer) => this.has({ peer, tag }));
  }

  /** True while a request that ran under an earlier version of Parley is found in the history alone, which does not name its key. */
  get isInHistoryAlone(): boolean {
    return this.#historyUntil >= unixSeconds(this.#environment) - rememberedFor;
  }

  /** True for one that may have run and be forgotten since: it was sent 24 h ago, or not after one of its peer that had to make room. */
  isTooOld(peer: string, sentAt: number | undefined): boolean {
    if (sentAt === undefined) return false;
    const floor = this.#peers.get(peer)?.floor ?? -1;
    return sentAt < unixSeconds(this.#environment) - rememberedFor || sentAt <= floor;
  }

  /** Remembers a request from this call on; returns what has to be stored before it runs. */
  add({ peer: name, tag }: RanBy, sentAt: number | undefined): RequestChange {
    const at = unixSeconds(this.#environment);
    const peer = this.#of(name);
    const drop = [...this.#dropExpired(name, peer), ...this.#dropOfNext()];
    const floors = new Map<string, number>();
    const dropOldest = (ofName: string, of: Peer) => {
      const [oldest] = of.ran;
      if (oldest === undefined) return;
      drop.push(this.#drop(ofName, of, oldest));
      floors.set(ofName, of.floor);
    };
    const again = peer.ran.get(tag.slice(0, tagDigits));
    if (again !== undefined) drop.push(this.#drop(name, peer, [tag.slice(0, tagDigits), again]));
    const request = { number: ++this.#lastNumber, peer: name, tag: tag.slice(0, tagDigits), at };
    const added = sentAt === undefined ? request : { ...request, sentAt };
    while (peer.ran.size >= most.ofPeer) dropOldest(name, peer);
    this.#put(added);
    while (this.#inAll > most.inAll) dropOldest(...this.#largest());
    return { add: [added], drop, floors: Array.from(floors, ([of, floor]) => ({ peer: of, sentAt: floor })) };
  }

  /** Forgets a request that could not be stored, and did not run. */
  undo({ peer: name, tag }: RanBy): void {
    const peer = this.#peers.get(name);
    if (peer?.ran.delete(tag.slice(0, tagDigits)) === true) this.#inAll -= 1;
  }

  #of(name: string): Peer {
    const peer = this.#peers.get(name) ?? { ran: new Map(), floor: -1 };
    this.#peers.set(name, peer);
    return peer;
  }

  #put({ number, peer, tag, at, sentAt }: StoredRequest): void {
    this.#of(peer).ran.set(tag, { number, at, sentAt });
    this.#inAll += 1;
  }

  /** Forgets a request; gives its number. */
  #drop(name: string, peer: Peer, [tag, { number, sentAt = -1 }]: readonly [string, Ran]): number {
    peer.ran.delete(tag);
    this.#inAll -= 1;
    peer.floor = Math.max(peer.floor, sentAt);
    if (peer.ran.size === 0 && peer.floor < unixSeconds(this.#environment) - rememberedFor) this.#peers.delete(name);
    return number;
  }

  #dropExpired(name: string, peer: Peer): readonly number[] {
    const before = unixSeconds(this.#environment) - rememberedFor;
    const dropped: number[] = [];
    for (const [tag, ran] of peer.ran) {
      if (ran.at >= before || dropped.length === expiredAtOnce) break;
      dropped.push(this.#drop(name, peer, [tag, ran]));
    }
    return dropped;
  }

  /** Drops old requests of one peer after the other, also of those who do not come again. */
  #dropOfNext(): readonly number[] {
    let next = this.#round.next();
    if (next.done === true) {
      this.#round = this.#peers.entries();
      next = this.#round.next();
    }
    return next.done === true ? [] : this.#dropExpired(...next.value);
  }

  #largest(): [string, Peer] {
    return [...this.#peers].reduce((largest, one) => (one[1].ran.size > largest[1].ran.size ? one : largest));
  }
}
