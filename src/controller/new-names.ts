import { LimitReached } from '../http/limit-reached.ts';

const hour = 3_600;
/** Addresses that are remembered; the one whose hour began first is forgotten first. */
const mostAddresses = 10_000;

/** How many names strangers may take. */
export interface NameLimits {
  /** agent_ids of one signing key. */
  readonly perKey: number;
  /** New agent_ids from one address in an hour. */
  readonly perAddressAndHour: number;
  /** agent_ids in all. */
  readonly total: number;
  /** Certificates that a revocation list may name because they were renewed away. */
  readonly superseded: number;
  /** Certificates that a list may name in all before agents with four pairs have to wait. */
  readonly listed: number;
}

/** What holds where the operator does not say. */
export const standardNameLimits: NameLimits = {
  perKey: 16,
  perAddressAndHour: 1_000,
  total: 100_000,
  superseded: 20_000,
  listed: 200_000,
};

/** Counts the new names that each address took in its current hour. */
export class NewNames {
  readonly #most: number;
  readonly #hours = new Map<string, { began: number; count: number }>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws `rate_limited` when the address has taken its share. `now` in Unix seconds. */
  check(address: string, now: number): void {
    const current = this.#hours.get(address);
    if (current === undefined || now - current.began >= hour || current.count < this.#most) return;
    throw new LimitReached(
      'new_agents_per_hour',
      `From one address at most ${this.#most} new agents can register in an hour. Try again later.`,
      { retryAfter: Math.max(1, current.began + hour - now) },
    );
  }

  /** Counts a new name. */
  count(address: string, now: number): void {
    const current = this.#hours.get(address);
    if (current !== undefined && now - current.began < hour) {
      current.count += 1;
      return;
    }
    this.#hours.delete(address);
    this.#hours.set(address, { began: now, count: 1 });
    if (this.#hours.size <= mostAddresses) return;
    const [oldest] = this.#hours.keys();
    if (oldest !== undefined) this.#hours.delete(oldest);
  }
}
