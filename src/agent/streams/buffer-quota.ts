import { limits } from '../../protocol/limits.ts';

/** Bytes that streams may buffer; see `standardBuffers`. */
export interface BufferLimits {
  /** What a stream has by itself. */
  readonly ofStream: number;
  /** What all of one peer have beyond that, and all of the agent. */
  readonly ofPeer: number;
  readonly inAll: number;
}

/** The buffers of the protocol page, section 4.3. */
const standardBuffers: BufferLimits = {
  ofStream: limits.streamBuffer,
  ofPeer: limits.streamBuffersOfPeer,
  inAll: limits.streamBuffers,
};

/** What the streams of an agent buffer: each has a part that nobody can take, and beyond it peers have shares (protocol page, section 4.3). */
export class BufferQuota {
  readonly #limits: BufferLimits;
  readonly #ofPeer = new Map<string, number>();
  #inAll = 0;

  constructor(limitsOfBuffers: BufferLimits = standardBuffers) {
    this.#limits = limitsOfBuffers;
  }

  /** Returns the buffer of a new stream of a peer's signing key. */
  share(peerKey: string): BufferShare {
    return new BufferShare(this.#limits.ofStream, (wanted) => this.#borrow(peerKey, wanted));
  }

  /** Gives or takes back shared bytes; returns how many of those that are wanted there are. */
  #borrow(peerKey: string, wanted: number): number {
    const held = this.#ofPeer.get(peerKey) ?? 0;
    const { ofPeer, inAll } = this.#limits;
    const given = Math.min(wanted, ofPeer - held, inAll - this.#inAll);
    this.#inAll += given;
    if (held + given === 0) this.#ofPeer.delete(peerKey);
    else this.#ofPeer.set(peerKey, held + given);
    return given;
  }
}

/** What one stream buffers. */
export class BufferShare {
  readonly #own: number;
  readonly #borrow: (wanted: number) => number;
  #held = 0;

  constructor(own: number, borrow: (wanted: number) => number) {
    this.#own = own;
    this.#borrow = borrow;
  }

  /** Bytes that it holds. */
  get held(): number {
    return this.#held;
  }

  /** Holds up to `wanted` bytes more; returns how many of them. */
  take(wanted: number): number {
    const own = Math.min(wanted, Math.max(0, this.#own - this.#held));
    const shared = wanted > own ? Math.max(0, this.#borrow(wanted - own)) : 0;
    this.#held += own + shared;
    return own + shared;
  }

  /** Lets go of `bytes` of them. */
  give(bytes: number): void {
    const before = Math.max(0, this.#held - this.#own);
    this.#held -= bytes;
    const after = Math.max(0, this.#held - this.#own);
    if (before > after) this.#borrow(after - before);
  }

  /** Lets go of all. */
  end(): void {
    this.give(this.#held);
  }
}
