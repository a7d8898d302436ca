import { changeShare, type Shares } from '../../http/server/shares.ts';

/** Part of a pot that one agent may have. */
const shareOfAgent = 1 / 2;

/** For whom something is carried. */
export interface Owner {
  readonly agentId: string;
  /** Whom it comes from: undefined where only another server of the group knows. */
  readonly address?: string | undefined;
  readonly isHandshake: boolean;
}

/** Bytes of which there are only so many, and how many are whose. */
export class Pot {
  readonly #most: number;
  readonly #mostOfAddress: number;
  readonly #ofAgents: Shares = new Map();
  readonly #ofAddresses: Shares = new Map();
  #used = 0;

  /** `shareOfAddress` is the part of `most` that one address may have. */
  constructor(most: number, shareOfAddress: number) {
    this.#most = most;
    this.#mostOfAddress = most * shareOfAddress;
  }

  get used(): number {
    return this.#used;
  }

  /**
   * Returns undefined when there is room for `bytes` more; otherwise a predicate that says of every owner whether
   * their bytes are in the way.
   */
  inTheWay({ agentId, address }: Owner, bytes: number): ((other: Owner) => boolean) | undefined {
    if ((this.#ofAgents.get(agentId) ?? 0) + bytes > this.#most * shareOfAgent) {
      return (other) => other.agentId === agentId;
    }
    if (address !== undefined && (this.#ofAddresses.get(address) ?? 0) + bytes > this.#mostOfAddress) {
      return (other) => other.address === address;
    }
    return this.#used + bytes > this.#most ? () => true : undefined;
  }

  /** Adds `bytes`, which are negative when they are given back. */
  add({ agentId, address }: Owner, bytes: number): void {
    this.#used += bytes;
    changeShare(this.#ofAgents, agentId, bytes);
    if (address !== undefined) changeShare(this.#ofAddresses, address, bytes);
  }
}
