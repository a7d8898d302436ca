import { ParleyError } from '../../protocol/errors.ts';
import type { RelayLimits } from './limits.ts';
import type { Owner } from './pot.ts';
import { changeShare, type Shares } from './shares.ts';

/** Part of the places that one address may have. */
const shareOfAddress = 1 / 2;

/** The requests that are under way to one agent: handshakes have places of their own, and no address has all of any. */
export class Places {
  readonly #messages: Kind;
  readonly #handshakes: Kind;

  constructor(limits: Pick<RelayLimits, 'requestsPerAgent' | 'handshakesPerAgent'>) {
    this.#messages = new Kind(limits.requestsPerAgent);
    this.#handshakes = new Kind(limits.handshakesPerAgent);
  }

  /** Takes a place, or throws `rate_limited`. The function it returns gives the place back. */
  take({ address, isHandshake }: Omit<Owner, 'agentId'>): () => void {
    return (isHandshake ? this.#handshakes : this.#messages).take(address);
  }
}

class Kind {
  readonly #most: number;
  readonly #ofAddresses: Shares = new Map();
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  take(address: string | undefined): () => void {
    const fromThere = address === undefined ? 0 : (this.#ofAddresses.get(address) ?? 0);
    if (this.#used >= this.#most || fromThere >= this.#most * shareOfAddress) {
      throw new ParleyError('rate_limited', 'This agent has as much to answer as it can. Try again in a second.', {
        retryAfter: 1,
      });
    }
    this.#change(address, 1);
    return () => this.#change(address, -1);
  }

  #change(address: string | undefined, by: number): void {
    this.#used += by;
    if (address !== undefined) changeShare(this.#ofAddresses, address, by);
  }
}
