import { changeShare, type Shares } from './shares.ts';

/** Bytes below which a chunk of a body is, on average, a crumb: it costs more than what it brings. */
export const crumbBytes = 256;
/** Crumbs that one address may send at once, and in each second after that. */
const mostAtOnce = 8_192;
const perSecond = 2_048;

/**
 * Slows down whoever sends bodies in crumbs, such as chunks of one byte: a body of a few kilobytes passes at once however it is cut,
 * everything beyond that address by address at a rate that leaves time for others.
 */
export class Crumbs {
  /** Crumbs of each address that are not paid for by time yet. */
  readonly #owed: Shares = new Map();
  readonly #now: () => number;
  readonly #wait: (ms: number) => Promise<void>;
  #paidAt: number;

  /** `now` and `wait` are in milliseconds. */
  constructor(
    now: () => number = () => performance.now(),
    wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  ) {
    this.#now = now;
    this.#wait = wait;
    this.#paidAt = now();
  }

  /**
   * Resolves when the next part of a body from `address` may be read, after one of `bytes` bytes that came in so many chunks;
   * undefined when that is at once.
   */
  pace(address: string | undefined, bytes: number, chunks = 1): Promise<void> | undefined {
    const crumbs = bytes < crumbBytes * chunks ? chunks : 0;
    if (crumbs === 0 || address === undefined) return undefined;
    this.#pay();
    changeShare(this.#owed, address, crumbs);
    const beyond = (this.#owed.get(address) ?? 0) - mostAtOnce;
    return beyond > 0 ? this.#wait((beyond / perSecond) * 1_000) : undefined;
  }

  /** Adds what the time since the last call pays, for every address alike. */
  #pay(): void {
    const paid = Math.floor(((this.#now() - this.#paidAt) * perSecond) / 1_000);
    if (paid < perSecond / 8) return;
    this.#paidAt += (paid * 1_000) / perSecond;
    for (const [address] of this.#owed) changeShare(this.#owed, address, -paid);
  }
}
