import { type LimitName, LimitReached } from '../../http/limit-reached.ts';
import { changeShare, type Shares } from '../../http/server/shares.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import type { RelayLimits } from './limits.ts';
import type { Owner } from './pot.ts';

/** Milliseconds after which a request that still waits may lose its place to an address that has fewer. */
const heldMs = 2_000;

/** The limits that places are of. */
type PlaceLimit = Extract<LimitName, 'requests_to_agent' | 'handshakes_to_agent'>;

/** A request that has a place. */
interface Taken {
  readonly address: string;
  readonly since: number;
  readonly end: (why: ParleyError) => void;
}

/**
 * The requests that are under way to one agent: handshakes have places of their own, and no address has all of any. When all are
 * taken, whoever has fewer than another gets the place of the one that the other has held longest: requests that wait for a person
 * lock nobody out.
 */
export class Places {
  readonly #messages: Kind;
  readonly #handshakes: Kind;

  /** `now` is in milliseconds. */
  constructor(
    limits: Pick<RelayLimits, 'requestsPerAgent' | 'handshakesPerAgent' | 'shareOfAddress'>,
    now: () => number = () => performance.now(),
  ) {
    const { requests } = limits.shareOfAddress;
    this.#messages = new Kind('requests_to_agent', limits.requestsPerAgent, requests, now);
    this.#handshakes = new Kind('handshakes_to_agent', limits.handshakesPerAgent, requests, now);
  }

  /** Takes a place, or throws `rate_limited`. The function it returns gives the place back; `end` ends a request that has lost it. */
  take({ address, isHandshake }: Omit<Owner, 'agentId'>, end: (why: ParleyError) => void): () => void {
    return (isHandshake ? this.#handshakes : this.#messages).take(address, end);
  }
}

class Kind {
  readonly #limit: PlaceLimit;
  readonly #most: number;
  readonly #mostOfAddress: number;
  readonly #now: () => number;
  /** In the order in which they were taken. */
  readonly #taken = new Set<Taken>();
  readonly #ofAddresses: Shares = new Map();

  constructor(limit: PlaceLimit, most: number, shareOfAddress: number, now: () => number) {
    this.#limit = limit;
    this.#most = most;
    this.#mostOfAddress = most * shareOfAddress;
    this.#now = now;
  }

  /**
   * Takes a place for a request. One that another server of the group forwarded has no share, and counts as one
   * address among others.
   */
  take(from: string | undefined, end: (why: ParleyError) => void): () => void {
    const address = from ?? '';
    const fromThere = this.#ofAddresses.get(address) ?? 0;
    if (from !== undefined && fromThere >= this.#mostOfAddress) throw noPlace(this.#limit);
    if (this.#taken.size >= this.#most) this.#makeRoom(fromThere);
    const one: Taken = { address, since: this.#now(), end };
    this.#taken.add(one);
    changeShare(this.#ofAddresses, address, 1);
    return () => this.#leave(one);
  }

  #leave(one: Taken): void {
    if (this.#taken.delete(one)) changeShare(this.#ofAddresses, one.address, -1);
  }

  /** Ends the oldest request of the address that has most, if it has held its place long enough and more than `fromThere` are its. */
  #makeRoom(fromThere: number): void {
    const most = Math.max(...this.#ofAddresses.values());
    const before = this.#now() - heldMs;
    for (const one of this.#taken) {
      if (one.since > before || most <= fromThere + 1) break;
      if (this.#ofAddresses.get(one.address) !== most) continue;
      this.#leave(one);
      one.end(noPlace(this.#limit));
      return;
    }
    throw noPlace(this.#limit);
  }
}

function noPlace(limit: PlaceLimit): ParleyError {
  return new LimitReached(
    limit,
    'The agent that was asked has as many requests as it can answer. Try again in a second.',
    {
      retryAfter: 1,
    },
  );
}
