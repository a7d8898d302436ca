import { ParleyError } from '../../protocol/errors.ts';

/** What a sender holds at most; docs/limits.md has each value. */
export const sendLimits = {
  /**
   * Requests of this agent that one peer has to answer at once. A relay gives an address 64 places at an agent: four of them are left
   * for what closes a session or updates its keys.
   */
  underWayPerPeer: 60,
  /** Requests that wait for their turn: to one peer, and to all. */
  queuedPerPeer: 10_000,
  queued: 20_000,
  /** Bytes of memory, about, that the parameters of those may take: of one peer, and of all. */
  queuedBytesPerPeer: 128 * 1024 * 1024,
  queuedBytes: 256 * 1024 * 1024,
} as const;

/** A request's place in the queue of its peer. */
export interface Place {
  /** True when its turn has come at once. */
  readonly isFirst: boolean;
  /** Resolves when its turn has come. */
  readonly turn: Promise<void>;
  /** Gives the place back, also while it waits; the next one's turn comes. */
  leave(): void;
}

interface Waiting {
  readonly weight: number;
  begin(): void;
}

interface Lane {
  underWay: number;
  weight: number;
  /** In the order in which they came. */
  readonly waiting: Set<Waiting>;
}

/** The requests of an agent in the order in which they were made: each peer has a queue of its own, so a slow one delays no other. */
export class SendQueue {
  readonly #limits: Readonly<Record<keyof typeof sendLimits, number>>;
  readonly #lanes = new Map<string, Lane>();
  #queued = 0;
  #weight = 0;

  constructor(limits: Readonly<Record<keyof typeof sendLimits, number>> = sendLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a place for a request to a peer; `weight` is about how many bytes it takes in memory. Throws `queue_full` when too many wait,
   * to this peer or to all.
   */
  enter(peerId: string, weight: number): Place {
    const lane = this.#lanes.get(peerId) ?? { underWay: 0, weight: 0, waiting: new Set() };
    if (lane.underWay < this.#limits.underWayPerPeer) {
      this.#lanes.set(peerId, lane);
      lane.underWay += 1;
      return { isFirst: true, turn: Promise.resolve(), leave: once(() => this.#finish(peerId, lane)) };
    }
    this.#requireRoom(peerId, lane, weight);
    const { promise: turn, resolve: begin } = Promise.withResolvers<void>();
    const waiting: Waiting = { weight, begin };
    lane.waiting.add(waiting);
    this.#count(lane, 1, weight);
    const leave = once(() => {
      if (lane.waiting.delete(waiting)) this.#count(lane, -1, -weight);
      else this.#finish(peerId, lane);
    });
    return { isFirst: false, turn, leave };
  }

  #requireRoom(peerId: string, lane: Lane, weight: number): void {
    const { queued, queuedPerPeer, queuedBytes, queuedBytesPerPeer } = this.#limits;
    if (lane.waiting.size >= queuedPerPeer || lane.weight + weight > queuedBytesPerPeer) {
      throw full(`Too many requests wait for ${peerId}.`);
    }
    if (this.#queued >= queued || this.#weight + weight > queuedBytes) {
      throw full('Too many requests of this agent wait for their turn.');
    }
  }

  /** Gives the place of a request that is over to the one that has waited longest. */
  #finish(peerId: string, lane: Lane): void {
    const [next] = lane.waiting;
    if (next === undefined) {
      lane.underWay -= 1;
      if (lane.underWay === 0) this.#lanes.delete(peerId);
      return;
    }
    lane.waiting.delete(next);
    this.#count(lane, -1, -next.weight);
    next.begin();
  }

  #count(lane: Lane, requests: number, weight: number): void {
    lane.weight += weight;
    this.#queued += requests;
    this.#weight += weight;
  }
}

function full(why: string): ParleyError {
  return new ParleyError('queue_full', `${why} Nothing was stored or sent. Send it again once some are answered.`);
}

function once(task: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    task();
  };
}
